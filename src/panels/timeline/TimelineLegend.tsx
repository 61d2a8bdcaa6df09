// What the marks of the timeline mean, each drawn as in the chart; only those that the chart shows now.
import { useId, type ReactNode } from "react";
import { LegendItem } from "../../ui/LegendItem";
import { writtenNumber } from "../../ui/numbers";
import type { StepMark } from "./scene";
import { HatchPattern, markSigns } from "./TimelineMarks";

interface TimelineLegendProps {
  /** Steps whose queries no window sees; null if the policy has no windows. */
  readonly blindSteps: number | null;
  readonly stepCount: number;
  readonly hasEvents: boolean;
  readonly hasAnswer: boolean;
  readonly marks: readonly StepMark[];
  /** The greatest KL of a step, in nats; null if unknown. */
  readonly highestKl: number | null;
}

const toneLabels = { bad: "mistake", good: "right", neutral: "answers diverge" } as const;

export function TimelineLegend(props: TimelineLegendProps) {
  const { blindSteps, stepCount, marks, highestKl } = props;
  const hatch = useId();
  const tones = [...new Set(marks.map(({ tone }) => tone))];
  return (
    <div className="legend timeline-legend" role="group" aria-label="Legend" tabIndex={0}>
      <Item label="slots per head">
        <path className="timeline-cache" d="M0,10l7,-5v5l7,-5v5" />
      </Item>
      {props.hasEvents && (
        <Item label="event">
          <path className="timeline-event" d="M5,12h6l-3,-6z" />
        </Item>
      )}
      {blindSteps !== null && (
        <>
          <Item label="seen by a window">
            <rect className="timeline-seen" y={5} width={16} height={5} />
          </Item>
          <Item label={`steps no window saw: ${blindSteps} of ${stepCount}`}>
            <HatchPattern id={hatch} />
            <rect fill={`url(#${hatch})`} y={4} width={16} height={7} />
          </Item>
        </>
      )}
      {props.hasAnswer && (
        <Item label="answer">
          <rect className="timeline-answer" x={4} y={2} width={8} height={11} />
          <rect className="timeline-answer-cap" x={3} y={1} width={10} height={3} />
        </Item>
      )}
      {tones.map((tone) => (
        <Item key={tone} label={toneLabels[tone]}>
          <g className={`timeline-tone-${tone}`}>
            <path className="timeline-mark-sign" d={markSigns[tone]} transform="translate(8,7)" />
          </g>
        </Item>
      ))}
      {highestKl !== null && (
        <Item label={`KL to full cache, 0 to ${writtenNumber(highestKl)} nats`}>
          <path className="timeline-kl" d="M0,13v-2l4,-3l3,3l3,-8l3,8h3v2z" />
        </Item>
      )}
    </div>
  );
}

function Item({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <LegendItem sign={children} width={16} height={14}>
      {label}
    </LegendItem>
  );
}
