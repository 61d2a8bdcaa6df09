// The timeline: the transport, the saw-tooth to scrub on by pointer or keyboard, and where the run stands.
import { useCallback, useMemo, useState } from "react";
import { zoomedRange, type StepRange } from "../../state/timeAxis";
import { meanLength } from "../../cache/headRows";
import { eventAtStep, lengthsAfterStep, lengthsSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { FigureAbout } from "../../ui/figure/figureTable";
import { Panel, type Explanation, type Provenance } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import { meanSlotsText, slotsText } from "../slotsText";
import { tokenLabel } from "../../trace/tokenText";
import { timelineLayout } from "./layout";
import type { TimelineComparison, StepMark, TimelineScene, TimelineView } from "./scene";
import { TimelineChart } from "./TimelineChart";
import { TimelineLegend } from "./TimelineLegend";
import { sightText, timelineTable } from "./timelineTable";
import { Transport, type TransportProps } from "./Transport";
import { blindCount, stretches, stretchOf } from "./windows";
import "./timeline.css";

interface TimelinePanelProps extends TransportProps {
  readonly trace: Trace;
  /** What the figure belongs to, for files. */
  readonly about?: () => FigureAbout;
  /** Steps on the axis: those there are, or those expected of a run that still grows. */
  readonly axisStepCount: number;
  readonly provenance: Provenance;
  readonly view: TimelineView;
  readonly marks: readonly StepMark[];
  readonly comparison: TimelineComparison | null;
  readonly onVisible: (range: StepRange | null) => void;
  readonly onLoop: (range: StepRange | null) => void;
}

/** Until the first layout; the style sheet sets the height. */
const FIRST_SIZE = { width: 900, height: 68 };

const explanation: Explanation = {
  text:
    "Each step adds one slot to every layer and KV head; at an event the cache falls back to its budget, and only the " +
    "queries of the newest w steps vote on which slots are kept. No window sees what earlier steps looked at, so the " +
    "policy does not know it. The axis of slots starts above zero where the changes would be too small to see.",
  formula: "length = B + (steps since the event) ≤ B + s;  steps no window saw = s − w of every s",
};

export function TimelinePanel(props: TimelinePanelProps) {
  const { trace, step, stepCount, axisStepCount, provenance, marks, comparison, onVisible } = props;
  const { visible, loop } = props.view;
  const [frame, size] = useElementSize<HTMLDivElement>(FIRST_SIZE);
  const scene = useMemo(
    (): TimelineScene => ({ trace, stepCount, axisStepCount, visible, loop, marks, comparison }),
    [trace, stepCount, axisStepCount, visible, loop, marks, comparison],
  );
  const layout = useMemo(() => timelineLayout(scene, size), [scene, size]);
  const sights = useMemo(() => stretches(trace, stepCount), [trace, stepCount]);
  const describe = useCallback(
    (at: number): string => {
      const [seen, after] = [lengthsSeenByStep(trace, at), lengthsAfterStep(trace, at)];
      const isEvent = eventAtStep(trace, at) !== null;
      const slots = isEvent
        ? `event: ${meanSlotsText(meanLength(seen))} → ${slotsText(after, "slots")}`
        : slotsText(seen, "slots");
      const kl =
        comparison === null || !(at < comparison.kl.length) ? "" : ` · KL ${comparison.kl[at].toFixed(3)} nats`;
      const sight = stretchOf(sights, at);
      const seenBy = sight === null ? "" : ` · in a window: ${sightText(sight)}`;
      return `step ${at} “${tokenLabel(trace.steps[at].text)}” · ${slots}${seenBy}${kl}`;
    },
    [trace, sights, comparison],
  );
  const zoom = (factor: number | null): void =>
    onVisible(factor === null ? null : zoomedRange(visible, { factor, around: step }, layout.lastStep));
  const [isKeyOpen, setKeyOpen] = useState(false);
  return (
    <Panel
      name="timeline"
      title="Cache length"
      subtitle="slots per layer and KV head, over decode steps"
      provenance={comparison === null ? [provenance] : [provenance, "derived"]}
      controls={<Transport {...props} isZoomed={layout.minimap !== null} onZoom={zoom} />}
      explanation={explanation}
      {...(props.about !== undefined && { about: props.about })}
      table={() => timelineTable(scene)}
    >
      <button
        type="button"
        className="timeline-key"
        title="What the marks mean"
        aria-label="Legend of the timeline"
        aria-expanded={isKeyOpen}
        onClick={() => setKeyOpen(!isKeyOpen)}
      >
        ?
      </button>
      {isKeyOpen && (
        <TimelineLegend
          blindSteps={sights.length === 0 ? null : blindCount(sights)}
          stepCount={stepCount}
          hasEvents={trace.events.length > 0}
          hasAnswer={layout.answer !== null}
          marks={marks}
          highestKl={layout.kl?.highestNats ?? null}
        />
      )}
      <div ref={frame} className="timeline-frame">
        <TimelineChart
          layout={layout}
          trace={trace}
          step={step}
          stepCount={stepCount}
          describe={describe}
          onMove={props.onMove}
          onLoop={props.onLoop}
          onVisible={onVisible}
        />
      </div>
    </Panel>
  );
}
