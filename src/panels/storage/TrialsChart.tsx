// Every strip that was tried, by bytes and KL; as a picture whose dots show their strip, and as a table.
import { useMemo } from "react";
import { counted } from "../../lib/counted";
import { stripText, type BitStrip, type BitsTarget, type BitsTrial } from "../../state/storageTrials";
import { ChartAxes } from "../../ui/ChartAxes";
import { LegendItem } from "../../ui/LegendItem";
import { writtenBytes, writtenNumber, writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { trialsLayout, writtenAgreement } from "./bitsLayout";

interface TrialsChartProps {
  readonly trials: readonly BitsTrial[];
  readonly present: BitStrip;
  readonly best: BitsTrial | null;
  readonly target: BitsTarget | null;
  readonly onStrip: (strip: BitStrip) => void;
}

const HEIGHT = 190;
/** With fewer there is no scale to draw. */
const LEAST_TRIALS = 2;

export function TrialsChart({ trials, present, best, target, onStrip }: TrialsChartProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const layout = useMemo(
    () => (trials.length < LEAST_TRIALS ? null : trialsLayout(trials, target, { width, height: HEIGHT })),
    [trials, target, width],
  );
  return (
    <figure ref={frame} className="storage-figure">
      {layout === null ? (
        <p className="bits-waiting">The strips that are tried appear here, by bytes and KL.</p>
      ) : (
        <>
          <svg width={width} height={HEIGHT} role="img" aria-label="Strips tried, KL against bytes.">
            <ChartAxes {...layout} xTitle="keys and values, KiB" yTitle="KL, nats" />
            <g aria-hidden="true">
              {layout.bound !== null && <line className="bits-bound" {...layout.bound} />}
              <path className="bits-front" d={layout.frontPath} />
              {layout.dots.map(({ trial, x, y, uniformBits }) => (
                <g key={stripText(trial.strip)} className="bits-trial" onClick={() => onStrip(trial.strip)}>
                  <title>{`${stripText(trial.strip)}: ${writtenBytes(trial.bytes)}, KL ${writtenNumber(trial.klNats)} nats`}</title>
                  <circle className={`bits-dot${trial === best ? " bits-dot-best" : ""}`} cx={x} cy={y} r={3.5} />
                  {stripText(trial.strip) === stripText(present) && (
                    <circle className="bits-ring" cx={x} cy={y} r={7} />
                  )}
                  {uniformBits !== null && (
                    <text x={x + 8} y={y - 6}>
                      {uniformBits}
                    </text>
                  )}
                </g>
              ))}
            </g>
          </svg>
          <div className="legend">
            <LegendItem sign={<circle className="bits-dot" cx={6} cy={6} r={3.5} />} width={12}>
              tried; 2 … 8: all layers alike
            </LegendItem>
            <LegendItem sign={<circle className="bits-dot bits-dot-best" cx={6} cy={6} r={3.5} />} width={12}>
              best
            </LegendItem>
            <LegendItem sign={<circle className="bits-ring" cx={7} cy={6} r={4.5} />} width={14}>
              shown
            </LegendItem>
            <LegendItem sign={<path className="bits-bound" d="M0,6H22" />} width={22}>
              bound
            </LegendItem>
          </div>
        </>
      )}
    </figure>
  );
}

export function TrialsTable({ trials }: { readonly trials: readonly BitsTrial[] }) {
  if (trials.length === 0) return null;
  return (
    <details className="bits-table">
      <summary>{counted(trials.length, "strip")} tried, as a table</summary>
      <div className="bits-table-scroll" tabIndex={0} role="region" aria-label="Strips tried">
        <table>
          <thead>
            <tr>
              {["bits of layers", "bytes", "of as computed", "KL, nats", "same first choice"].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trials.map(({ strip, bytes, bytesAsComputed, klNats, agreedShare }) => (
              <tr key={stripText(strip)}>
                <th scope="row">{stripText(strip)}</th>
                <td>{writtenBytes(bytes)}</td>
                <td>{writtenShare(bytes / bytesAsComputed)}</td>
                <td>{writtenNumber(klNats)}</td>
                <td>{writtenAgreement(agreedShare)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
