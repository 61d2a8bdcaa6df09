// Three small meters: what the cache costs in bytes, where the time went, what the model was choosing between.
import { memo, useMemo, type ReactNode } from "react";
import type { Headed, PanelPage } from "../definePanel";
import { Panel } from "../../ui/Panel";
import { metersLayout, type MeterRow } from "./layout";
import { MemoryLine } from "./MemoryLine";
import { metersTable } from "./metersTable";
import "./meters.css";

type MetersPanelProps = Headed & Pick<PanelPage, "trace" | "step" | "provenance">;

export const MetersPanel = memo(function MetersPanel({ heading, trace, step, provenance }: MetersPanelProps) {
  const layout = useMemo(() => metersLayout(trace, step), [trace, step]);
  return (
    <Panel
      {...heading}
      subtitle={`up to step ${step}`}
      provenance={[provenance, "derived"]}
      table={() => metersTable(trace, step)}
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
      </div>
    </Panel>
  );
});

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
