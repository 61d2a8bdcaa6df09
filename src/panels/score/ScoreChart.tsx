// The score bars with their axis, transport and notes; scrolled where there are more bars than room.
import { memo, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { pointIn } from "../../ui/pointIn";
import type { Formula } from "../../policy/formula";
import { useElementSize } from "../../ui/useElementSize";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import {
  next,
  paused,
  playing,
  previous,
  shownProgress,
  useBeatClock,
  type Beat,
  type BeatClock,
  type BeatControls,
} from "./beatClock";
import { beatsOf, beatTitle, scoreBeat, wholeFrame } from "./beats";
import type { BarMeasure } from "./barHeights";
import type { Candidates } from "./candidates";
import { scoreLayout, type ScoreLayout } from "./layout";
import { ScoreChoices, type ScoreView } from "./ScoreChoices";
import { ScoreLegend } from "./ScoreLegend";
import { LitBar, ScoreMarks } from "./ScoreMarks";
import { attentionSentence, cutSentence, scoreSummary } from "./words";

interface ScoreChartProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly event: EvictionEvent;
  readonly candidates: Candidates;
  /** The page rests on the step of the event. */
  readonly isAtEvent: boolean;
  readonly view: ScoreView & { readonly measure: BarMeasure };
  readonly onView: (view: ScoreView) => void;
  /** The decision is about to play: the page stops and moves to its step. */
  readonly onWatch: () => void;
  /** The whole picture is back: so is the step at which the decision began to play. */
  readonly onWatched: () => void;
}

/** As in the style sheet: in less height the bars all look alike. */
const MIN_HEIGHT = 230;
/** Bars are drawn in blocks of this width, so that not every pixel of scrolling redraws them. */
const SCROLL_BLOCK = 40;

export function ScoreChart(props: ScoreChartProps) {
  const { trace, event, candidates, view, onView, onHover, onPin } = props;
  const [scroller, size] = useElementSize<HTMLDivElement>({ width: 594, height: MIN_HEIGHT });
  const body = useRef<HTMLDivElement>(null);
  const [block, setBlock] = useState(0);
  const { windowSlots } = event;
  const from = block * SCROLL_BLOCK;
  const { formula } = trace.header;
  const beats = useMemo(() => beatsOf(formula), [formula]);
  const beatClock = useBeatClock(view.beat, beats, (beat) => onView({ ...view, beat }));
  const { clock } = beatClock;
  const controls: BeatControls = {
    ...beatClock,
    start() {
      props.onWatch();
      beatClock.start();
      // The button may be all of the panel that is in sight.
      requestAnimationFrame(() => body.current?.closest(".panel")?.scrollIntoView({ block: "nearest" }));
    },
    wind(next) {
      beatClock.wind(next);
      if (next === null) props.onWatched();
    },
  };
  const measure = clock === null ? view.measure : "parts";
  const order = clock === null ? view.order : "position";
  const height = Math.max(MIN_HEIGHT, size.height);
  const layout = useMemo(
    () => scoreLayout(trace.header, candidates, { windowSlots, order, measure, width: size.width, height }),
    [trace.header, candidates, windowSlots, order, measure, size.width, height],
  );
  const frame = useMemo(
    () =>
      clock === null
        ? wholeFrame(layout)
        : scoreBeat(layout, clock.beat, shownProgress(clock, beatClock.isMotionWelcome)),
    [layout, clock, beatClock.isMotionWelcome],
  );
  const positionUnder = (pointer: MouseEvent<SVGSVGElement>): number | null => {
    const at = pointIn(pointer.currentTarget, pointer).x - layout.barWidth / 2;
    return frame.bars.find(({ x }) => Math.abs(x - at) <= layout.pitch / 2)?.candidate.position ?? null;
  };
  const press = (key: KeyboardEvent): void => {
    const act = clock === null ? undefined : keyedClock(key.key, clock, beats);
    if (act === undefined) return;
    key.preventDefault();
    key.stopPropagation();
    controls.wind(act);
  };
  const sentence = measure === "raw" ? attentionSentence(trace, candidates) : cutSentence(candidates);
  return (
    <div ref={body} className="score-body" onKeyDown={press}>
      <div className="score-tools" data-not-exported>
        <BeatTransport controls={controls} beats={beats} formula={formula} isAtEvent={props.isAtEvent} />
        {clock === null && <ScoreChoices view={view} onView={onView} />}
      </div>
      <div className="score-frame">
        <ScoreAxis layout={layout} hasSlots={frame.hasSlots} />
        <div
          ref={scroller}
          className="score-scroller"
          role="region"
          aria-label="Score bars"
          tabIndex={layout.width > size.width || clock !== null ? 0 : undefined}
          onScroll={({ currentTarget }) => setBlock(Math.floor(currentTarget.scrollLeft / SCROLL_BLOCK))}
        >
          <svg
            className="score-chart"
            role="img"
            aria-label={scoreSummary(event, candidates)}
            width={layout.width}
            height={layout.height}
            viewBox={`0 0 ${layout.width} ${layout.height}`}
            onPointerMove={(pointer) => onHover(positionUnder(pointer), { x: pointer.clientX, y: pointer.clientY })}
            onPointerLeave={() => onHover(null)}
            onClick={(pointer) => {
              const position = positionUnder(pointer);
              if (position !== null) onPin(position);
            }}
          >
            <LitBar
              layout={layout}
              frame={frame}
              position={selectedPosition(props)}
              from={from}
              to={from + size.width}
            />
            <ScoreMarks
              layout={layout}
              frame={frame}
              from={from}
              to={from + SCROLL_BLOCK + size.width}
              isWhole={layout.width <= size.width}
            />
          </svg>
        </div>
      </div>
      <p className="score-note">{sentence}</p>
      <ScoreLegend header={trace.header} layout={layout} measure={measure} />
    </div>
  );
}

/** The clock after a key: null returns to the whole picture, undefined leaves the clock alone. */
function keyedClock(key: string, clock: BeatClock, beats: readonly Beat[]): BeatClock | null | undefined {
  switch (key) {
    case "Escape":
      return null;
    case "ArrowLeft":
      return previous(clock);
    case "ArrowRight":
      return next(clock, beats);
    default:
      return undefined;
  }
}

interface BeatTransportProps {
  readonly controls: BeatControls;
  /** Those that the policy has. */
  readonly beats: readonly Beat[];
  readonly formula: Formula | null;
  /** The page rests on the step of the event. */
  readonly isAtEvent: boolean;
}

/** Plays the decision beat by beat, forwards and backwards, in the place of the button that starts it. */
function BeatTransport({ controls, beats, formula, isAtEvent }: BeatTransportProps) {
  const { clock, wind, start } = controls;
  if (clock === null) {
    return (
      <div className="beats" data-not-exported>
        <button type="button" className={isAtEvent ? "button-primary" : undefined} onClick={start}>
          ▸ Watch the decision
        </button>
      </div>
    );
  }
  const isAtEnd = clock.progress === 1 && clock.beat === beats.at(-1);
  return (
    <div className="beats" data-not-exported>
      <button
        type="button"
        aria-label="Back"
        title="Back (←)"
        onClick={() => wind(previous(clock))}
        disabled={clock.beat === beats[0] && clock.progress === 0}
      >
        ◂
      </button>
      {clock.motion === "rest" ? (
        <button type="button" className="beats-play" onClick={() => wind(playing(clock))}>
          {isAtEnd ? "↻ Again" : "▸ Play"}
        </button>
      ) : (
        <button type="button" className="beats-play" onClick={() => wind(paused(clock))}>
          ❚❚ Pause
        </button>
      )}
      <button
        type="button"
        aria-label="Next"
        title="Next (→)"
        onClick={() => wind(next(clock, beats))}
        disabled={isAtEnd}
      >
        ▸
      </button>
      <button
        type="button"
        onClick={() => wind(null)}
        title="Back to the whole picture, at the step where you were (Esc)"
      >
        Done
      </button>
      <span className="beats-title" aria-live="polite">
        <strong>
          {beats.findLastIndex((beat) => beat <= clock.beat) + 1} of {beats.length}
        </strong>{" "}
        {beatTitle(clock.beat, formula)}
      </span>
    </div>
  );
}

const AXIS_WIDTH = 46;

/** The value axis. It stands next to the bars and stays when they are scrolled. */
const ScoreAxis = memo(function ScoreAxis({
  layout,
  hasSlots,
}: {
  readonly layout: ScoreLayout;
  readonly hasSlots: boolean;
}) {
  const { height, plotTop, plotBottom, ticks, axisTitle } = layout;
  return (
    <svg className="score-axis axis" width={AXIS_WIDTH} height={height} aria-hidden="true">
      {ticks.map(({ y, label }, place) => (
        <text key={place} x={AXIS_WIDTH - 3} y={y + 3.5} textAnchor="end">
          {label}
        </text>
      ))}
      <text
        className="axis-title"
        transform={`translate(11,${(plotTop + plotBottom) / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {axisTitle}
      </text>
      {hasSlots && (
        <text x={AXIS_WIDTH - 3} y={plotBottom + 25} textAnchor="end">
          slot
        </text>
      )}
    </svg>
  );
});
