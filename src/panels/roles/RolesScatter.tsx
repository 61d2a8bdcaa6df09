// Surface against logic: one dot per query head, the same heads as in the grid. A click chooses one.
import { useMemo } from "react";
import type { HeadRoles } from "../../state/storedMeasures";
import { ChartAxes } from "../../ui/ChartAxes";
import { useElementSize } from "../../ui/useElementSize";
import { headName, scatterLayout, type QueryHead, type ScatterDot } from "./layout";

interface RolesScatterProps {
  readonly roles: HeadRoles;
  readonly head: QueryHead;
  readonly onHead: (head: QueryHead) => void;
}

export function RolesScatter({ roles, head, onHead }: RolesScatterProps) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 320, height: 0 });
  const layout = useMemo(() => scatterLayout(roles, head, width), [roles, head, width]);
  const chosen = layout.dots.find((dot) => dot.layer === head.layer && dot.head === head.head);
  return (
    <div ref={frame}>
      <svg {...layout.size} role="img" aria-label={scatterSummary(layout.dots, chosen)}>
        <ChartAxes {...layout} xTitle="surface InfScore (0–1)" yTitle="logic InfScore (0–1)" />
        {layout.dots.map((dot) => (
          <circle
            key={`${dot.layer}.${dot.head}`}
            className="roles-dot"
            cx={dot.x}
            cy={dot.y}
            r={5}
            onClick={() => onHead(dot)}
          >
            <title>{dotTitle(dot)}</title>
          </circle>
        ))}
        {layout.names.map(({ text, x, y }) => (
          <text key={text} className="roles-dot-name" x={x} y={y}>
            {text}
          </text>
        ))}
        {chosen !== undefined && <circle className="roles-dot-chosen" cx={chosen.x} cy={chosen.y} r={8} />}
      </svg>
    </div>
  );
}

function dotTitle(dot: ScatterDot): string {
  return `${headName(dot)}: surface ${dot.surface.toFixed(2)}, logic ${dot.logic.toFixed(2)}`;
}

function scatterSummary(dots: readonly ScatterDot[], chosen: ScatterDot | undefined): string {
  const most = (kind: "surface" | "logic"): string => {
    const best = dots.reduce((one, other) => (other[kind] > one[kind] ? other : one));
    return `most ${kind}: ${headName(best)} with ${best[kind].toFixed(2)}`;
  };
  const choice = chosen === undefined ? "" : `; chosen: ${dotTitle(chosen)}`;
  return `${dots.length} query heads; ${most("surface")}; ${most("logic")}${choice}`;
}
