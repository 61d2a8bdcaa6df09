// Points by two figures that a reader picks, and the front of those that no other beats in both. The pointer finds the nearest
// point; the keyboard uses the table that the points come from.
import { useMemo, useState, type MouseEvent } from "react";
import { ChartAxes } from "../ChartAxes";
import { writtenEstimate } from "../numbers";
import { pointIn } from "../pointIn";
import { ToolChoice } from "../ToolChoice";
import { useElementSize } from "../useElementSize";
import { paretoLayout, paretoMarkAt, type ParetoAxis, type ParetoMark, type ParetoPoint } from "./layout";
import "./pareto.css";

/** What a reader picks an axis from; `error`: one standard error. */
export interface ParetoFigure<Row, Id extends string> extends ParetoAxis {
  readonly id: Id;
  readonly of: (row: Row) => { readonly value: number; readonly error?: number } | null;
}

interface ParetoPictureProps<Row, Id extends string> {
  readonly rows: readonly Row[];
  readonly figures: readonly ParetoFigure<Row, Id>[];
  readonly keyOf: (row: Row) => string;
  readonly labelOf: (row: Row) => string;
  readonly isOwn?: (row: Row) => boolean;
  readonly x: Id;
  readonly y: Id;
  readonly onAxes: (axes: { readonly x: Id; readonly y: Id }) => void;
  readonly pickedKey: string | null;
  readonly onPick: (key: string) => void;
}

export function ParetoPicture<Row, Id extends string>(props: ParetoPictureProps<Row, Id>) {
  const { rows, figures, keyOf, labelOf, isOwn, onAxes, pickedKey, onPick } = props;
  const [frame, size] = useElementSize<HTMLDivElement>({ width: 520, height: 300 });
  const [hovered, setHovered] = useState<string | null>(null);
  const x = figures.find(({ id }) => id === props.x) ?? figures[0];
  const y = figures.find(({ id }) => id === props.y) ?? figures[0];
  const points = useMemo(
    () =>
      rows.flatMap((row): ParetoPoint[] => {
        const [ofX, ofY] = [x.of(row), y.of(row)];
        if (ofX === null || ofY === null) return [];
        const errors = { xError: finite(ofX.error), yError: finite(ofY.error) };
        const own = isOwn?.(row) ?? false;
        return [{ key: keyOf(row), label: labelOf(row), x: ofX.value, y: ofY.value, ...errors, isOwn: own }];
      }),
    [rows, x, y, keyOf, labelOf, isOwn],
  );
  const layout = useMemo(() => paretoLayout(points, { x, y }, { size, pickedKey }), [points, x, y, size, pickedKey]);
  const options = figures.map(({ id, title }) => [id, title] as const);
  const markUnder = (event: MouseEvent<SVGSVGElement>): ParetoMark | null => {
    const pointer = pointIn(event.currentTarget, event);
    return paretoMarkAt(layout, pointer.x, pointer.y);
  };
  const named = layout.marks.find(({ point }) => point.key === (hovered ?? pickedKey)) ?? null;
  const absent = rows.length - points.length;
  return (
    <figure className="pareto">
      <div className="pareto-tools">
        <ToolChoice label="across" value={x.id} options={options} onChange={(id) => onAxes({ x: id, y: y.id })} />
        <ToolChoice label="up" value={y.id} options={options} onChange={(id) => onAxes({ x: x.id, y: id })} />
      </div>
      <div ref={frame} className="pareto-frame">
        <svg
          role="img"
          aria-label={`${y.title} by ${x.title}; the table has the figures`}
          width={size.width}
          height={size.height}
          viewBox={`0 0 ${size.width} ${size.height}`}
          onPointerMove={(event) => setHovered(markUnder(event)?.point.key ?? null)}
          onPointerLeave={() => setHovered(null)}
          onClick={(event) => {
            const mark = markUnder(event);
            if (mark !== null) onPick(mark.point.key);
          }}
        >
          <ChartAxes {...layout} xTitle={axisTitle(x)} yTitle={axisTitle(y)} />
          <path className="pareto-front" d={layout.front} />
          {layout.marks.map((mark) => (
            <Mark key={mark.point.key} mark={mark} isPicked={mark.point.key === pickedKey} isNamed={mark === named} />
          ))}
          {layout.labels.map(({ key, text, x: left, y: baseline, anchor }) => (
            <text key={key} className="pareto-label" x={left} y={baseline} textAnchor={anchor}>
              {text}
            </text>
          ))}
        </svg>
      </div>
      <figcaption className="pareto-readout" aria-live="polite">
        {named === null
          ? "The line joins what no other beats in both figures. Point at a mark to read it."
          : `${named.point.label}: ${readOut(x, named.point.x, named.point.xError)}, ${readOut(y, named.point.y, named.point.yError)}.`}
        {absent > 0 && ` ${absent} without one of the two figures.`}
      </figcaption>
    </figure>
  );
}

function Mark({
  mark,
  isPicked,
  isNamed,
}: {
  readonly mark: ParetoMark;
  readonly isPicked: boolean;
  readonly isNamed: boolean;
}) {
  const { point, x, y, xs, ys, isFront } = mark;
  const kind = `pareto-mark${isFront ? " pareto-best" : ""}${point.isOwn === true ? " pareto-own" : ""}`;
  return (
    <g className={kind} aria-hidden="true">
      {(isFront || isNamed) && <path className="pareto-error" d={`M${xs[0]},${y}H${xs[1]}M${x},${ys[0]}V${ys[1]}`} />}
      {point.isOwn === true ? (
        <path d={`M${x},${y - 6}L${x + 6},${y}L${x},${y + 6}L${x - 6},${y}z`} />
      ) : (
        <circle cx={x} cy={y} r={4} />
      )}
      {isPicked && <circle className="pareto-ring" cx={x} cy={y} r={9} />}
    </g>
  );
}

function axisTitle({ title, better }: ParetoAxis): string {
  return `${title} (${better === "high" ? "higher" : "lower"} is better)`;
}

function readOut({ title, written }: ParetoAxis, value: number, error = 0): string {
  return `${title} ${writtenEstimate({ value, error }, written)}`;
}

function finite(error: number | undefined): number {
  return error === undefined || !Number.isFinite(error) ? 0 : error;
}
