// Three small meters: the cache in bytes (with a line over the steps), how the time was spent, and the candidates for the
// next token.

import type { ReactNode } from "react";
import { memo, useMemo } from "react";
import { watchedHeadCount } from "../../trace/recorded";
import type { Trace } from "../../trace/trace";
import { Panel } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import type { Headed, PanelPage } from "../definePanel";
import type { MeterRow } from "./layout";
import { memoryLines, metersLayout } from "./layout";
import { shortFocusLabel } from "../focus";
import { keepsRecording } from "../heads/RecordingNote";
import "./meters.css";
import { metersTable } from "./metersTable";
import { traceRows } from "./traceRows";

type MetersPanelProps = Headed &
  Pick<PanelPage, "trace" | "step" | "provenance" | "lanes" | "focus" | "keptHeads" | "onKeepHead">;

export const MetersPanel = memo(function MetersPanel(props: MetersPanelProps) {
  const { heading, trace, step, provenance, lanes } = props;
  const layout = useMemo(() => metersLayout(trace, step), [trace, step]);
  const traces = useMemo(() => lanes.map((lane) => lane.trace), [lanes]);
  const kept = useMemo(() => traceRows(trace, step, traces), [trace, step, traces]);
  return (
    <Panel
      {...heading}
      subtitle={`up to step ${step}`}
      provenance={[provenance, "derived"]}
      table={() => metersTable(trace, step, traces)}
    >
      <div className="meters">
        <Meter title="KV memory" rows={layout.memory} note={layout.memoryNote}>
          <MemoryLine trace={trace} step={step} />
        </Meter>
        <Meter title="Time" rows={layout.time} note={layout.timeNote} />
        <Meter
          title="Next token"
          rows={layout.candidates.map((row) => (row.isChosen ? { ...row, tone: "kept" } : row))}
          note={layout.candidateNote}
        />
        <Meter title="Trace" rows={kept.trace} note={kept.traceNote}>
          <KeepHead {...props} />
        </Meter>
      </div>
    </Panel>
  );
});

/** Watches the head in focus for good, of a run that watches some. */
function KeepHead({ trace, step, focus, keptHeads, onKeepHead }: MetersPanelProps) {
  if (watchedHeadCount(trace, step) === null) return null;
  return (
    <p className="meter-note" data-not-exported>
      <label>
        <input type="checkbox" checked={keepsRecording(keptHeads, focus)} onChange={() => onKeepHead(focus)} /> Keep
        watching {shortFocusLabel(focus)}
        {keptHeads.length > 0 ? ` (${keptHeads.length} kept).` : "."}
      </label>{" "}
      A head in focus is watched from then on.
    </p>
  );
}

interface MeterProps {
  readonly title: string;
  readonly rows: readonly MeterRow[];
  readonly note: string;
  readonly children?: ReactNode;
}

function Meter({ title, rows, note, children }: MeterProps) {
  return (
    <div className="meter">
      <h3>{title}</h3>
      <table>
        <tbody>
          {rows.map((row, place) => (
            <tr key={place}>
              <th scope="row">{row.label}</th>
              <td className="meter-track">
                <span
                  className={`meter-bar meter-${row.tone}`}
                  style={{ width: `${Math.min(100, row.share * 100)}%` }}
                />
              </td>
              <td className="number">{row.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="meter-note">{note}</p>
      {children}
    </div>
  );
}

const HEIGHT = 46;

const MemoryLine = memo(function MemoryLine({ trace, step }: { readonly trace: Trace; readonly step: number }) {
  const [frame, { width }] = useElementSize<HTMLDivElement>({ width: 240, height: HEIGHT });
  const lines = useMemo(() => memoryLines(trace, step, { width, height: HEIGHT }), [trace, step, width]);
  return (
    <div ref={frame} className="meter-line">
      <svg width={width} height={HEIGHT} role="img" aria-label="KV bytes in use over the steps, under the full cache">
        <path className="meter-line-full" d={lines.fullPath} />
        <path className="meter-line-budget" d={lines.budgetPath} />
        <path className="meter-line-used" d={lines.usedPath} />
        <circle className="meter-line-dot" cx={lines.dot.x} cy={lines.dot.y} r={2.5} />
      </svg>
      <p className="meter-note">
        Over the steps: in use (thick), full cache (dashed){lines.budgetPath === "" ? "" : ", budget at events (thin)"}.
      </p>
    </div>
  );
});
