// Three small meters: the cache in bytes (with a line over the steps), how the time was spent, and the candidates for the
// next token.

import type { ReactNode } from "react";
import { memo, useMemo } from "react";
import type { Trace } from "../../trace/trace";
import { Panel } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import type { Headed, PanelPage } from "../definePanel";
import type { MeterRow } from "./layout";
import { memoryLines, metersLayout } from "./layout";
import "./meters.css";
import { metersTable } from "./metersTable";

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
