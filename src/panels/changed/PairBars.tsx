// Groups of two bars, one for each checkpoint, with standard errors and the level of a control.
import { useMemo, type ReactNode } from "react";
import { ChartAxes } from "../../ui/ChartAxes";
import { writtenNumber } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { barsLayout, type BarGroup } from "./layout";

interface PairBarsProps {
  readonly title: string;
  /** What is drawn; follows the title. */
  readonly caption: ReactNode;
  readonly groups: readonly BarGroup[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** The end of the axis: 1 for shares, which are written in per cent. */
  readonly most?: number;
}

const HEIGHT = 190;

export function PairBars({ title, caption, groups, xTitle, yTitle, most }: PairBarsProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 300, height: HEIGHT });
  const layout = useMemo(() => barsLayout(groups, { width, height: HEIGHT }, most), [groups, width, most]);
  return (
    <figure ref={frame} className="changed-figure">
      <figcaption>
        <strong>{title}</strong> {caption}
      </figcaption>
      <svg width={width} height={HEIGHT} role="img" aria-label={`${title}: two bars by ${xTitle}.`}>
        <ChartAxes {...layout} xTitle={xTitle} yTitle={yTitle} />
        <g aria-hidden="true">
          {layout.bars.map(({ group, side, x, y, width: barWidth, height, whisker, controlY }) => (
            <g key={`${group.name} ${side}`}>
              <title>{barTitle(group, side, most === 1)}</title>
              <rect className={`changed-bar changed-${side}`} x={x} y={y} width={barWidth} height={height} />
              {whisker !== null && (
                <line className="changed-whisker" x1={whisker.x} x2={whisker.x} y1={whisker.top} y2={whisker.bottom} />
              )}
              {controlY !== null && (
                <line className="changed-control" x1={x - 1} x2={x + barWidth + 1} y1={controlY} y2={controlY} />
              )}
            </g>
          ))}
        </g>
      </svg>
    </figure>
  );
}

function barTitle(group: BarGroup, side: "base" | "changed", isShare: boolean): string {
  const { count, mean, error } = group[side];
  const write = (value: number): string => (isShare ? `${(100 * value).toFixed(1)} %` : writtenNumber(value));
  const spread = error > 0 ? ` ± ${write(error)}` : "";
  return `${group.name}: ${write(mean)}${spread} (${count})`;
}
