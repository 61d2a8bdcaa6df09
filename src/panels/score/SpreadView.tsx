// The spread of the parts over the candidates, and what each part explains of who went.
import { useMemo } from "react";
import type { TraceHeader } from "../../trace/trace";
import { useElementSize } from "../../ui/useElementSize";
import type { Candidates } from "./candidates";
import { explainedBy, spreadOf } from "./spread";
import { SpreadChart, STACKED_BELOW } from "./SpreadChart";
import { explainedSentence } from "./words";

interface SpreadViewProps {
  readonly header: TraceHeader;
  readonly candidates: Candidates;
}

const LEAST_HEIGHT = 200;
const STACKED_HEIGHT = 340;

export function SpreadView({ header, candidates }: SpreadViewProps) {
  const [frame, size] = useElementSize<HTMLDivElement>({ width: 640, height: 240 });
  const spread = useMemo(() => spreadOf(candidates), [candidates]);
  const explained = useMemo(() => explainedBy(candidates), [candidates]);
  const least = size.width < STACKED_BELOW ? STACKED_HEIGHT : LEAST_HEIGHT;
  if (explained === null) {
    return (
      <p className="panel-empty">
        {header.policyLabel} measures neither attention nor redundancy; choose “parts of Z” to see what it ranks by.
      </p>
    );
  }
  return (
    <>
      <div ref={frame} className="score-spread" style={{ minHeight: least }}>
        <SpreadChart spread={spread} width={size.width} height={Math.max(least, size.height)} />
      </div>
      <p className="score-note">{explainedSentence(explained)}</p>
      <div className="legend">
        <span className="legend-item">number of candidates, by their figure as it enters Z (no unit, one scale)</span>
        <span className="legend-item">
          <svg width={10} height={12} aria-hidden="true">
            <rect className="bar-gain-kept" width={10} height={12} />
          </svg>
          kept
        </span>
        <span className="legend-item">
          <svg width={11} height={12} aria-hidden="true">
            <path className="spread-evicted" fill="none" d="M0.5,0.5h10v11h-10z" />
            <path className="spread-hatch" d="M0.5,5l4.5,-4.5M0.5,11.5l10,-10M6,11.5l4.5,-4.5" />
          </svg>
          evicted
        </span>
        <span className="legend-item">
          <svg width={8} height={12} aria-hidden="true">
            <line className="spread-median" x1={4} x2={4} y1={0} y2={12} />
          </svg>
          median
        </span>
      </div>
    </>
  );
}
