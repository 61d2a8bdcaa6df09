// One row per lane: its name, its verdict, its figures at the shown step, and the saw-tooth of its cache. The rows are
// radio buttons: the chosen one is on the stage.
import { useId } from "react";
import { lengthRange } from "../../cache/headRows";
import type { LaneRun } from "../../state/shownRuns";
import { writtenBytes, writtenShare } from "../../ui/numbers";
import { meanSlotsText, rangeText } from "../slotsText";
import { LaneTeeth } from "./LaneCharts";
import { laneClass, LaneMark } from "./LaneMark";
import { fullName, stepText, verdictText, writtenNats, type LaneRow } from "./laneRows";
import type { LaneScales } from "./layout";
import { isForced, type Parting } from "./partings";

interface LaneRowsProps {
  readonly lanes: readonly LaneRun[];
  readonly rows: readonly LaneRow[];
  readonly stageLane: number;
  readonly scales: LaneScales;
  readonly partings: readonly Parting[];
  readonly onLane: (lane: number) => void;
  readonly onMove: (step: number) => void;
}

export function LaneRows({ lanes, rows, stageLane, scales, partings, onLane, onMove }: LaneRowsProps) {
  const group = useId();
  const isCompared = rows.some(({ comparison }) => comparison !== null);
  const { verdict } = rows[0];
  // Lanes that are fed the full cache's tokens have no answer of their own.
  const answer = verdict.type === "unknown" ? "answer" : `answer, expected ${verdict.expected}`;
  const answerLabel = isForced(lanes) ? "full cache’s answer" : answer;
  return (
    <div role="radiogroup" aria-label="Lane on the stage" className="lane-rows" data-compared={isCompared}>
      {rows.map((row) => (
        <div key={row.lane} className={`lane-row ${laneClass(row.lane)}`} data-on-stage={row.lane === stageLane}>
          <label className="lane-name">
            <input
              type="radio"
              name={group}
              checked={row.lane === stageLane}
              onChange={() => onLane(row.lane)}
              aria-label={`Lane ${row.lane + 1}: ${fullName(row.name)}`}
            />
            <LaneMark lane={row.lane} />
            <span>
              <b>
                {row.lane + 1} {row.name.policy}
              </b>
              {row.name.differing !== "" && <span className="lane-differing">{row.name.differing}</span>}
            </span>
          </label>
          <dl className="lane-figures">
            <Figure label={answerLabel} tip="Judged on the text up to this step">
              <span className={`verdict verdict-${row.verdict.type}`}>{verdictText(row.verdict)}</span>
            </Figure>
            <Figure label="at" tip="The step of this lane on show">
              {stepText(row)}
            </Figure>
            <MemoryFigures row={row} />
            {isCompared && <ComparisonFigures row={row} />}
          </dl>
          <LaneTeeth
            lane={row.lane}
            run={lanes[row.lane]}
            scales={scales}
            step={row.step}
            parting={partings.find(({ lane }) => lane === row.lane)?.step ?? null}
            onMove={onMove}
          />
        </div>
      ))}
    </div>
  );
}

function MemoryFigures({ row: { memory, lengths } }: { readonly row: LaneRow }) {
  const range = lengthRange(lengths);
  const isEven = range.shortest === range.longest;
  return (
    <>
      <Figure
        label={isEven ? "slots now, peak" : "slots now (mean), peak"}
        tip={`Per layer and KV head, after the step${isEven ? "" : `: mean of ${lengths.length} heads, ${rangeText(range)}`}; the most that any step has read`}
      >
        {meanSlotsText(memory.slotsInUse)}
        {isEven ? "" : ` (${rangeText(range)})`}, {memory.peakSlots}
      </Figure>
      <Figure
        label="KV, of full cache"
        tip="Bytes of keys and values in use, out of what a cache that keeps everything would use"
      >
        {writtenBytes(memory.bytesInUse)} of {writtenBytes(memory.bytesFullCache)}
      </Figure>
      <Figure label="kept" tip="Share of all positions written, over all layers and KV heads, that the cache holds">
        {writtenShare(memory.retainedRatio)}
      </Figure>
    </>
  );
}

/** A lane without a full-cache comparison has dashes. */
function ComparisonFigures({ row: { comparison } }: { readonly row: LaneRow }) {
  return (
    <>
      <Figure
        label="regret"
        tip="Attention that the full cache pays to what this lane evicted: mean over steps, layers and KV heads"
      >
        {comparison === null ? "–" : writtenShare(comparison.meanLostAttention)}
      </Figure>
      <Figure label="mean KL" tip="KL(full ‖ lane) of the next token, mean over the steps so far">
        {comparison === null ? "–" : `${writtenNats(comparison.meanKlNats)} nats`}
      </Figure>
      <Figure label="agrees" tip="Share of the steps at which the most probable token is the full cache’s">
        {comparison === null ? "–" : writtenShare(comparison.agreedShare)}
      </Figure>
    </>
  );
}

interface FigureProps {
  readonly label: string;
  readonly tip: string;
  readonly children: React.ReactNode;
}

function Figure({ label, tip, children }: FigureProps) {
  return (
    <div className="lane-figure" title={tip}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
