// The tooltip of the token under the pointer: its facts over all heads.
import { counted } from "../lib/counted";
import { kvHeadOf, layerOf, type HeadGrid as HeadGridShape } from "../cache/headRows";
import type { Trace } from "../trace/trace";
import { tokenLabel } from "../trace/tokenText";
import { tokenFacts, tokenSentence } from "./tokenFacts";

interface TokenTipProps {
  readonly trace: Trace;
  readonly step: number;
  readonly position: number;
  /** Where the pointer is, in CSS pixels of the view. */
  readonly anchor: { readonly x: number; readonly y: number };
  readonly view: { readonly width: number; readonly height: number };
}

const TIP_WIDTH = 240;
const TIP_HEIGHT = 120;

export function TokenTip({ trace, step, position, anchor, view }: TokenTipProps) {
  const facts = tokenFacts(trace, step, position);
  const left = Math.max(8, Math.min(anchor.x + 14, view.width - TIP_WIDTH - 8));
  const isBelow = anchor.y + TIP_HEIGHT + 24 < view.height;
  const top = isBelow ? anchor.y + 18 : Math.max(8, anchor.y - TIP_HEIGHT - 10);
  return (
    <div className="token-tip" style={{ left, top, width: TIP_WIDTH }} aria-hidden="true">
      <div className="token-tip-head">
        <strong>{tokenLabel(facts.text)}</strong>
        <span>
          position {facts.position}
          {facts.ageSteps > 0 && `, age ${counted(facts.ageSteps, "step")}`}
        </span>
      </div>
      <HeadGrid
        model={trace.header.model}
        evictedSteps={facts.evictedSteps}
        carriers={facts.carriers}
        isWritten={facts.ageSteps >= 0}
      />
      <div>{tokenSentence(facts)}</div>
    </div>
  );
}

interface HeadGridProps {
  readonly model: HeadGridShape;
  readonly evictedSteps: readonly number[]; // [layer][kvHead]
  /** Who carries it, −1 for nobody. [layer][kvHead] */
  readonly carriers: readonly number[];
  readonly isWritten: boolean;
}

/** One mark per head, a column per layer: filled if the head keeps the token, a diamond if another carries it, else a cross. */
export function HeadGrid({ model, evictedSteps, carriers, isWritten }: HeadGridProps) {
  const { kvHeadCount, layerCount } = model;
  const pitch = layerCount > 12 ? 7 : 11;
  const radius = pitch / 2 - 1.5;
  return (
    <svg
      className="head-grid"
      width={layerCount * pitch}
      height={kvHeadCount * pitch}
      viewBox={`0 0 ${layerCount * pitch} ${kvHeadCount * pitch}`}
      aria-hidden="true"
    >
      {evictedSteps.map((evictedAt, head) => {
        const x = (layerOf(model, head) + 0.5) * pitch;
        const y = (kvHeadOf(model, head) + 0.5) * pitch;
        if (!isWritten) return <circle key={head} className="head-unwritten" cx={x} cy={y} r={radius} />;
        if (evictedAt === Infinity) return <circle key={head} className="head-holds" cx={x} cy={y} r={radius} />;
        if (carriers[head] >= 0)
          return <path key={head} className="head-carried" d={diamondPath(x, y, radius + 0.5)} />;
        return <path key={head} className="head-evicted" d={crossPath(x, y, radius)} />;
      })}
    </svg>
  );
}

/** A diagonal cross around a point. */
export function crossPath(x: number, y: number, reach: number): string {
  return `M${x - reach},${y - reach}L${x + reach},${y + reach}M${x - reach},${y + reach}L${x + reach},${y - reach}`;
}

/** A square on its corner around a point. */
function diamondPath(x: number, y: number, reach: number): string {
  return `M${x - reach},${y}L${x},${y - reach}L${x + reach},${y}L${x},${y + reach}Z`;
}
