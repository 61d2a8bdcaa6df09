// The stage: panels in rows and columns whose borders can be dragged, one of them at full size if asked for.
import { memo, useEffect, useMemo, useRef, type KeyboardEvent as ReactKeyboardEvent, type PointerEvent } from "react";
import { Group, Panel as Column, Separator } from "react-resizable-panels";
import {
  keptLayout,
  parsePanelName,
  stageRows,
  stageWidth,
  withPanelMaximised,
  withPanelShown,
  type Arrangement,
  type PanelName,
  type StageRow,
} from "../../state/arrangement";
import { type PanelFrame, PanelFrameContext } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import { StageCell } from "./StageCell";

interface StageProps {
  readonly arrangement: Arrangement;
  /** Panels that have nothing to show. */
  readonly away: readonly PanelName[];
  readonly onArrange: (arrangement: Arrangement) => void;
  readonly onTell: PanelFrame["onTell"];
}

export const Stage = memo(function Stage({ arrangement, away, onArrange, onTell }: StageProps) {
  const [stage, { width }] = useElementSize<HTMLDivElement>({ width: 1400, height: 0 });
  const { maximised } = arrangement;
  const rows = useMemo(() => stageRows(stageWidth(width), arrangement, away), [width, arrangement, away]);
  const frame = useMemo((): PanelFrame => {
    const change = (name: string, next: (panel: PanelName) => Arrangement): void => {
      const panel = parsePanelName(name);
      if (panel !== null) onArrange(next(panel));
    };
    return {
      maximised,
      onMaximise: (name) => change(name, (panel) => withPanelMaximised(arrangement, panel, away)),
      onHide: (name) => change(name, (panel) => withPanelShown(arrangement, panel, false, away)),
      onTell,
    };
  }, [arrangement, away, maximised, onArrange, onTell]);
  useEscape(maximised === null ? null : () => onArrange({ ...arrangement, maximised: null }));

  return (
    <PanelFrameContext value={frame}>
      <div ref={stage} className="stage">
        {rows.length === 0 && <p className="panel-empty">Every panel is hidden: the Panels menu brings them back.</p>}
        {rows.map((row) => (
          <Row key={row.id} row={row} arrangement={arrangement} onArrange={onArrange} />
        ))}
      </div>
    </PanelFrameContext>
  );
});

interface RowProps extends Pick<StageProps, "arrangement" | "onArrange"> {
  readonly row: StageRow;
}

const Row = memo(function Row({ row, arrangement, onArrange }: RowProps) {
  const height = arrangement.heights[row.id] ?? row.height;
  const setHeight = (px: number): void =>
    onArrange({ ...arrangement, heights: { ...arrangement.heights, [row.id]: px } });
  const column = (names: readonly PanelName[]) => (
    <div className="stage-column">
      {names.map((name) => (
        <StageCell key={name} name={name} />
      ))}
    </div>
  );
  if (row.columns.length === 1) {
    return (
      <>
        <div className="stage-row" style={{ minHeight: height }}>
          {column(row.columns[0].panels)}
        </div>
        {row.height > 0 && <RowBorder name={row.id} height={height} onHeight={setHeight} />}
      </>
    );
  }
  return (
    <>
      <div className="stage-row" style={{ minHeight: height }}>
        <Group
          // A new group for other columns, so that a hidden panel leaves its width to the rest.
          key={row.columns.map(({ id }) => id).join()}
          className="stage-group"
          orientation="horizontal"
          disableCursor
          defaultLayout={keptLayout(row, arrangement.columns[row.id])}
          onLayoutChanged={(layout) =>
            onArrange({ ...arrangement, columns: { ...arrangement.columns, [row.id]: layout } })
          }
          style={{ height: "auto", overflow: "visible" }}
        >
          {row.columns.flatMap(({ id, least, panels: names }, place) => [
            place > 0 && (
              <Separator
                key={`before ${id}`}
                className="stage-border"
                aria-label={`Width of the ${names.join(" and ")} column`}
              />
            ),
            <Column key={id} id={id} minSize={least} className="stage-pane" style={{ overflow: "visible" }}>
              {column(names)}
            </Column>,
          ])}
        </Group>
      </div>
      <RowBorder name={row.id} height={height} onHeight={setHeight} />
    </>
  );
});

/** Escape, before anything else on the page handles it. */
function useEscape(act: (() => void) | null): void {
  useEffect(() => {
    if (act === null) return;
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || document.querySelector("[role=menu], dialog[open]") !== null) return;
      event.stopPropagation();
      act();
    };
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, [act]);
}

/** The lower border of a row of panels: dragged or moved by the arrow keys, it makes the row higher or lower. */
interface RowBorderProps {
  readonly name: string;
  /** CSS pixels that the row takes at least. */
  readonly height: number;
  readonly onHeight: (height: number) => void;
}

const LOWEST = 120;
const HIGHEST = 2000;
const KEY_STEP = 24;

function RowBorder({ name, height, onHeight }: RowBorderProps) {
  const start = useRef({ y: 0, height });
  const set = (wanted: number): void => onHeight(Math.min(HIGHEST, Math.max(LOWEST, Math.round(wanted))));
  const drag = (event: PointerEvent): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      set(start.current.height + event.clientY - start.current.y);
  };
  const move = (event: ReactKeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? KEY_STEP : event.key === "ArrowUp" ? -KEY_STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    set(height + by);
  };
  return (
    <div
      className="stage-row-border"
      role="separator"
      aria-orientation="horizontal"
      aria-label={`Height of the ${name} row`}
      aria-valuenow={height}
      aria-valuemin={LOWEST}
      aria-valuemax={HIGHEST}
      tabIndex={0}
      onKeyDown={move}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { y: event.clientY, height };
      }}
      onPointerMove={drag}
    />
  );
}
