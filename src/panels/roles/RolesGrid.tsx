// Layers by query heads, one button each; the arrow keys move the choice. Heads of a KV head stand together.
import { Fragment, useRef, type KeyboardEvent } from "react";
import type { HeadFigures, HeadNumbers } from "../../state/storedMeasures";
import type { ModelSummary } from "../../trace/trace";
import { inkOn } from "../../ui/inkOn";
import { sequentialColour, type Theme } from "../../ui/scale";
import { figureLabels, groupSizeOf, headName, scoreText, type QueryHead } from "./layout";
import type { FigureName } from "./view";

interface RolesGridProps {
  readonly values: HeadNumbers;
  readonly figures: HeadFigures;
  readonly figure: FigureName;
  readonly model: Pick<ModelSummary, "layerCount" | "headCount" | "kvHeadCount">;
  readonly head: QueryHead;
  readonly theme: Theme;
  readonly onHead: (head: QueryHead) => void;
}

/** With more heads in a layer, a cell has no room for its number. */
const MOST_NUMBERED = 12;

const arrowMoves: Readonly<Partial<Record<string, QueryHead>>> = {
  ArrowLeft: { layer: 0, head: -1 },
  ArrowRight: { layer: 0, head: 1 },
  ArrowUp: { layer: -1, head: 0 },
  ArrowDown: { layer: 1, head: 0 },
};

export function RolesGrid({ values, figures, figure, model, head, theme, onHead }: RolesGridProps) {
  const { layerCount, headCount } = model;
  const groupSize = groupSizeOf(model);
  const grid = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const by = arrowMoves[event.key];
    if (by === undefined || event.shiftKey) return;
    // The arrows move the choice here; elsewhere they step through time.
    event.preventDefault();
    event.stopPropagation();
    const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
    const next = { layer: within(head.layer + by.layer, layerCount), head: within(head.head + by.head, headCount) };
    onHead(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.layer}.${next.head}"]`)?.focus();
  };
  const startsGroup = (column: number): boolean => column > 0 && column % groupSize === 0;
  return (
    <div
      ref={grid}
      className="roles-grid"
      role="group"
      aria-label={`${figureLabels[figure]} of every query head; arrow keys move the choice`}
      style={{ gridTemplateColumns: `26px repeat(${headCount}, minmax(0, 1fr))` }}
      onKeyDown={move}
    >
      <span />
      {values[0].map((_, column) => (
        <span key={column} className={startsGroup(column) ? "roles-column roles-group" : "roles-column"}>
          {column}
        </span>
      ))}
      {values.map((row, layer) => (
        <Fragment key={layer}>
          <span className="roles-row">L{layer}</span>
          {row.map((value, column) => {
            const colour = sequentialColour(value, theme);
            const isChosen = head.layer === layer && head.head === column;
            const name = headName({ layer, head: column });
            const words = `${figureLabels[figure]} ${value.toFixed(2)}`;
            const score = scoreText(figures, { layer, head: column });
            return (
              <button
                key={column}
                type="button"
                className={startsGroup(column) ? "roles-cell roles-group" : "roles-cell"}
                data-cell={`${layer}.${column}`}
                aria-pressed={isChosen}
                aria-label={`${name}: ${words}`}
                title={`${name}, KV head ${Math.floor(column / groupSize)}: ${figure === "infScore" ? score : `${words}; ${score}`}`}
                tabIndex={isChosen ? 0 : -1}
                style={{ background: colour, color: inkOn(colour) }}
                onClick={() => onHead({ layer, head: column })}
              >
                {headCount <= MOST_NUMBERED && value.toFixed(2)}
              </button>
            );
          })}
        </Fragment>
      ))}
    </div>
  );
}
