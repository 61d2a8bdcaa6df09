// The decision in one head, drawn at a phase of its beats; before the first one, what the newest word looks at. It waits while
// one points at it.
import { memo, useMemo, type PointerEvent } from "react";
import type { Focus } from "../../panels/focus";
import { focusHead } from "../../panels/focus";
import { readCandidates } from "../../panels/score/candidates";
import { headRow } from "../../cache/headRows";
import { beatAt, type DecisionBeats } from "../../trace/decisionBeats";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { isAttentionRecorded } from "../../trace/recorded";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import type { Unit } from "../../words/en/captions";
import { beatSentences, decisionWords, inUnit, stageWords } from "../../words/en/watch";
import { lookedAt } from "./captions";
import { barAt, barTop, decisionFrame, decisionLayout, lookingPath, rulerY, type ChartSize } from "./decision";
import { HeadChoice } from "./HeadChoice";
import type { TipPlace } from "./WordTip";
import { textBeat, wordLabel } from "./watchText";
import { unitOf } from "./causeText";

interface DecisionChartProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  /** The last decision; null before the first. */
  readonly event: EvictionEvent | null;
  readonly beats: DecisionBeats;
  readonly phase: number;
  /** Words written since the decision. */
  readonly sinceCount: number;
  /** Places that the head has; null: no limit. */
  readonly budget: number | null;
  /** Position under the pointer, here or in the text. */
  readonly lit: number | null;
  readonly isMotionWelcome: boolean;
  readonly onFocus: (layer: number, kvHead: number) => void;
  readonly onHold: (isHeld: boolean) => void;
  readonly onTip: (tip: TipPlace | null) => void;
}

export function DecisionChart(props: DecisionChartProps) {
  const { trace, step, focus, event, beats, phase, budget, lit, isMotionWelcome, onFocus, onHold, onTip } = props;
  const [frame, size] = useElementSize<HTMLDivElement>({ width: 340, height: 200 });
  const head = focusHead(trace.header.model, focus);
  const candidates = event === null ? null : readCandidates(trace, event, head);
  const layout = useMemo(
    () =>
      event === null || candidates === null || candidates.list.length === 0
        ? null
        : decisionLayout(trace.header, candidates, { windowSlots: event.windowSlots, ...size }),
    [trace.header, event, candidates, size],
  );
  const beat = textBeat(beats, phase);
  const point = ({ currentTarget, clientX: x, clientY: y, pointerType }: PointerEvent): void => {
    if (layout === null) return;
    if (pointerType === "mouse") onHold(true);
    const isOrdered = beat !== "before" && beat !== "looking";
    const bar = barAt(layout, pointIn(currentTarget, { clientX: x, clientY: y }).x, isOrdered);
    onTip(bar === null ? null : { position: bar.candidate.position, x, y });
  };
  const leave = (): void => {
    onHold(false);
    onTip(null);
  };
  const unit = unitOf(trace);
  const words = inUnit(decisionWords, unit);
  return (
    <section className="watch-card watch-decision" aria-label={stageWords.decision}>
      <div className="watch-decision-head">
        <h2>{stageWords.decision}</h2>
        <HeadChoice trace={trace} step={step} focus={focus} onFocus={onFocus} />
      </div>
      <p className="watch-beat">
        {layout === null || event === null
          ? words.waiting(wordLabel(trace, trace.header.promptTokens.length + step))
          : phase >= 1
            ? words.decidedAt(event.step + 1)
            : inUnit(beatSentences, unit)[beatAt(beats, phase).name](layout)}
      </p>
      <div ref={frame} className="watch-chart" onPointerMove={point} onPointerLeave={leave}>
        {layout === null ? (
          <LookingMarks trace={trace} step={step} focus={focus} size={size} budget={budget} />
        ) : (
          // Where motion is unwanted, another beat is another picture, which fades in.
          <DecisionMarks
            key={isMotionWelcome ? "moving" : phase}
            layout={layout}
            unit={unit}
            beats={beats}
            phase={phase}
            size={size}
            sinceCount={props.sinceCount}
            lit={lit}
          />
        )}
      </div>
    </section>
  );
}

/** CSS pixels that “score 0.04” takes. */
const TICK_WORDS = 84;

interface DecisionMarksProps {
  readonly layout: ReturnType<typeof decisionLayout>;
  readonly unit: Unit;
  readonly beats: DecisionBeats;
  readonly phase: number;
  readonly size: ChartSize;
  /** Words written since the decision. */
  readonly sinceCount: number;
  readonly lit: number | null;
}

/** Pure: the same phase gives the same marks. */
export const DecisionMarks = memo(function DecisionMarks(props: DecisionMarksProps) {
  const { layout, unit, beats, phase, size, sinceCount, lit } = props;
  const frame = decisionFrame(layout, beats, { phase, sinceCount });
  const top = lit === null ? null : barTop(layout, beats, { phase, position: lit });
  const { baseY, plotTop, pitch, keptCount, evictedCount, windowSlots, firstBeat, ticks } = layout;
  // Where the line stands close to the right edge, their words end before it.
  const ticksX = size.width - frame.lineX < TICK_WORDS ? frame.lineX - 6 : size.width;
  const placesX = (keptCount + windowSlots) * pitch;
  return (
    <svg
      className="watch-marks"
      role="img"
      aria-label={inUnit(decisionWords, unit).summary(layout)}
      width={size.width}
      height={size.height}
    >
      {ticks.map(({ y, label }, place) => (
        <g key={label}>
          <path className="mark-tick" d={`M0,${y}H${size.width}`} />
          <text className="mark-words" x={ticksX} y={y - 3} textAnchor="end">
            {place < ticks.length - 1
              ? label
              : firstBeat === "recency"
                ? inUnit(stageWords, unit).wordPlace(label)
                : stageWords.score(label)}
          </text>
        </g>
      ))}
      <rect
        className="mark-below"
        x={frame.lineX}
        y={plotTop}
        width={evictedCount * pitch}
        height={baseY - plotTop}
        opacity={frame.lineReach * (1 - frame.fall)}
      />
      <path className="mark-places" d={`M0.5,${baseY + 0.5}H${placesX}m0,-5v10`} />
      <text className="mark-words" x={placesX - 6} y={baseY + 14} textAnchor="end">
        {stageWords.budget(keptCount + windowSlots)}
      </text>
      <path className="bar-rule" d={frame.rule} />
      <path className="bar-by-rule" d={frame.byRule} />
      <path className="bar-fresh" d={frame.fresh} />
      <path className="bar-before" d={frame.before} />
      <path className="bar-now" d={frame.now} />
      <path className="bar-neighbour" d={frame.lent} />
      <path className="bar-torn" d={frame.torn} />
      <path className="bar-gone" d={frame.evicted} />
      <path className="bar-newest" d={frame.window} />
      <path className="bar-since" d={frame.since} />
      {top !== null && <path className="mark-lit" d={`M${top.x},${top.y - 2}l-4,-7h8zM${top.x},${top.y}V${baseY}`} />}
      {frame.lineReach > 0 && (
        <g className="mark-cut">
          <path d={`M${frame.lineX},0V${frame.lineReach * (baseY + 1)}`} />
          <text x={frame.lineX - 6} y={plotTop - 7} textAnchor="end" opacity={frame.lineReach}>
            {stageWords.stay(keptCount)}
          </text>
          <text className="mark-go" x={frame.lineX + 6} y={plotTop - 7} opacity={frame.lineReach}>
            {stageWords.go(evictedCount, layout.isMerging)}
          </text>
        </g>
      )}
    </svg>
  );
});

/** CSS pixels that the words about the most looked at reach to either side. */
const LOOKED_REACH = 120;

interface LookingMarksProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly size: ChartSize;
  readonly budget: number | null;
}

/** Attention of the newest query, as a share of its largest; flat where the run did not record it. */
function LookingMarks({ trace, step, focus, size, budget }: LookingMarksProps) {
  const head = focusHead(trace.header.model, focus);
  const { attention, lengths } = trace.steps[step];
  const count = lengths[head];
  const row = isAttentionRecorded(trace.steps[step], head) ? headRow(attention, head) : null;
  const shares = row === null ? new Float32Array(count) : Float32Array.from(row, (value) => value / 255);
  const interval = Number(trace.header.parameters.intervalSteps) || 16;
  const places = Math.max(count, budget === null ? count : budget + interval);
  const y = rulerY(size);
  const looked = lookedAt(trace, step, focus);
  const lookedX = (((looked?.slot ?? 0) + 0.5) / places) * size.width;
  const placesX = budget === null ? size.width : (budget / places) * size.width;
  return (
    <svg
      className="watch-marks"
      role="img"
      aria-label={inUnit(decisionWords, unitOf(trace)).waitingSummary(count)}
      width={size.width}
      height={size.height}
    >
      <path className="mark-places" d={`M0.5,${y + 0.5}H${placesX}${budget === null ? "" : "m0,-5v10"}`} />
      {budget !== null && (
        <text className="mark-words" x={placesX - 6} y={y + 14} textAnchor="end">
          {stageWords.budget(budget)}
        </text>
      )}
      <path className="bar-now" d={lookingPath(shares, size, places)} />
      {looked !== null && (
        <text
          className="mark-most"
          x={lookedX}
          y={13}
          textAnchor={lookedX < LOOKED_REACH ? "start" : lookedX > size.width - LOOKED_REACH ? "end" : "middle"}
        >
          {stageWords.looksAt(looked.text, looked.share)}
        </text>
      )}
    </svg>
  );
}
