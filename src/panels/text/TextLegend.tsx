// What the marks of the text mean.
import { writtenNumber } from "../../ui/numbers";
import type { TextView } from "./layout";

interface TextLegendProps {
  readonly view: TextView;
  /** Drawn regret, [position]; null where the fill tells who is held. */
  readonly regret: Float64Array | null;
}

export function TextLegend({ view, regret }: TextLegendProps) {
  return (
    <div className="legend">
      {regret === null ? (
        <span className="legend-item">
          {view.heads === "all" ? "held by 0" : "gone"}
          <Ramp />
          {view.heads === "all" ? "all heads" : "held"}
        </span>
      ) : (
        <span className="legend-item">
          regret 0
          <Ramp isRegret />
          {writtenNumber(regret.reduce((high, value) => Math.max(high, value), 0))} attention × heads × steps (√ scale)
        </span>
      )}
      <span className="legend-item">
        <span className="token token-window">window</span>
      </span>
      <span className="legend-item">
        <span className="token token-leaving">leaves {view.heads === "all" ? "a head" : "this head"} now</span>
      </span>
      <span className="legend-item">
        <span className="token token-gone">gone {view.heads === "all" ? "everywhere" : "from this head"}</span>
      </span>
    </div>
  );
}

function Ramp({ isRegret = false }: { readonly isRegret?: boolean }) {
  return (
    <span className="legend-shares" aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <span
          key={share}
          className={isRegret ? "legend-share legend-regret" : "legend-share"}
          style={{ "--share": share } as Record<string, number>}
        />
      ))}
    </span>
  );
}
