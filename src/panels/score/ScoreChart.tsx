// The score bars with their axis, transport and notes; scrolled where there are more bars than room.
import { useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { useElementSize } from "../../ui/useElementSize";
import { selectedPosition, type Selection, type SelectionHandlers } from "../selection";
import { next, previous, shownProgress, type BeatClock } from "./beatClock";
import { scoreBeat, wholeFrame } from "./beats";
import { BeatTransport } from "./BeatTransport";
import type { Candidates } from "./candidates";
import { scoreLayout } from "./layout";
import { LitBar } from "./LitBar";
import { ScoreAxis } from "./ScoreAxis";
import { ScoreChoices } from "./ScoreChoices";
import { ScoreLegend } from "./ScoreLegend";
import { ScoreMarks } from "./ScoreMarks";
import { useBeatClock } from "./useBeatClock";
import type { ScoreMeasure, ScoreView } from "./view";
import { attentionSentence, cutSentence, scoreSummary } from "./words";

interface ScoreChartProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly event: EvictionEvent;
  readonly candidates: Candidates;
  /** The page rests on the step of the event. */
  readonly isAtEvent: boolean;
  readonly view: ScoreView & { readonly measure: Exclude<ScoreMeasure, "spread"> };
  readonly onView: (view: ScoreView) => void;
  /** The decision is about to play: the page rests on its step. */
  readonly onWatch: () => void;
}

/** As in the style sheet: below this the bars cannot be told apart. */
const MIN_HEIGHT = 230;
/** Bars are drawn in blocks of this width, so that not every pixel of scrolling draws anew. */
const SCROLL_BLOCK = 40;

export function ScoreChart(props: ScoreChartProps) {
  const { trace, event, candidates, view, onView, onHover, onPin } = props;
  const [scroller, size] = useElementSize<HTMLDivElement>({ width: 594, height: MIN_HEIGHT });
  const body = useRef<HTMLDivElement>(null);
  const [block, setBlock] = useState(0);
  const { windowSlots } = event;
  const from = block * SCROLL_BLOCK;
  const controls = useBeatClock(view, onView);
  const { clock } = controls;
  const watch = (): void => {
    props.onWatch();
    // The button may be all of the panel that is in sight.
    body.current?.scrollIntoView({ block: "nearest" });
    controls.start();
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
        : scoreBeat(layout, clock.beat, shownProgress(clock, controls.isMotionWelcome)),
    [layout, clock, controls.isMotionWelcome],
  );
  const positionUnder = (pointer: MouseEvent<SVGSVGElement>): number | null => {
    const at = pointer.clientX - pointer.currentTarget.getBoundingClientRect().left - layout.barWidth / 2;
    return frame.bars.find(({ x }) => Math.abs(x - at) <= layout.pitch / 2)?.bar.position ?? null;
  };
  const press = (key: KeyboardEvent): void => {
    const act = clock === null ? undefined : keyedClock(key.key, clock);
    if (act === undefined) return;
    key.preventDefault();
    key.stopPropagation();
    controls.wind(act);
  };
  const sentence = measure === "raw" ? attentionSentence(trace, candidates) : cutSentence(candidates);
  return (
    <div ref={body} className="score-body" onKeyDown={press}>
      <div className="score-tools" data-not-exported>
        <BeatTransport controls={{ ...controls, start: watch }} isAtEvent={props.isAtEvent} />
        <ScoreChoices view={props.view} onView={props.onView} />
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

/** What a key does to the clock: null returns to the whole picture, undefined leaves it alone. */
function keyedClock(key: string, clock: BeatClock): BeatClock | null | undefined {
  switch (key) {
    case "Escape":
      return null;
    case "ArrowLeft":
      return previous(clock);
    case "ArrowRight":
      return next(clock);
    default:
      return undefined;
  }
}
