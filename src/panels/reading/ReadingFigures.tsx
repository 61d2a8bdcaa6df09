// The small charts of Reading: the spectrum of the keys, and figures by step.
import { useMemo, useState } from "react";
import type { KeyBasisFile } from "../../state/storedMeasures";
import { bytesRead, ranksOf } from "../../trace/reading";
import type { Trace } from "../../trace/trace";
import { ChartAxes } from "../../ui/ChartAxes";
import { LegendItem } from "../../ui/LegendItem";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import type { PanelPage } from "../definePanel";
import { kibOf, linesLayout, spectrumLayout, type LinesAxis } from "./layout";

const HEIGHT = 190;

interface SpectrumProps {
  readonly trace: Trace;
  readonly basis: KeyBasisFile;
  readonly layer: number;
}

export function SpectrumFigure({ trace, basis, layer }: SpectrumProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const { readingRank = 1, readingScoreRank = 1 } = trace.header.parameters;
  const energies = basis.layers[layer];
  const layout = useMemo(() => {
    const ranks = ranksOf({ readingRank, readingScoreRank }, energies.before.length);
    return spectrumLayout(energies, ranks, { width, height: HEIGHT });
  }, [energies, readingRank, readingScoreRank, width]);
  const { plot } = layout;
  return (
    <figure ref={frame} className="reading-figure">
      <figcaption>
        <strong>How few directions hold the keys</strong> of layer {layer}; r are stored, r* are scored
      </figcaption>
      <svg width={width} height={HEIGHT} role="img" aria-label="Share of the keys that the leading directions hold.">
        <ChartAxes {...layout} xTitle="directions" yTitle="squared length held, %" />
        <g aria-hidden="true">
          {(["scoreRankX", "rankX"] as const).map((mark) => (
            <g key={mark}>
              <line className="reading-rank" x1={layout[mark]} x2={layout[mark]} y1={plot.top} y2={plot.bottom} />
              <text className="reading-mark" x={layout[mark] + 3} y={plot.bottom - 5}>
                {mark === "rankX" ? "r" : "r*"}
              </text>
            </g>
          ))}
          <path className="reading-after" d={layout.afterPath} />
          <path className="reading-before" d={layout.beforePath} />
        </g>
      </svg>
      <div className="legend">
        <LegendItem sign={<path className="reading-before" d="M0,6H22" />} width={22}>
          before RoPE
        </LegendItem>
        <LegendItem sign={<path className="reading-after" d="M0,6H22" />} width={22}>
          after RoPE
        </LegendItem>
      </div>
    </figure>
  );
}

type Moves = Pick<PanelPage, "step" | "onMove">;

interface LayersProps extends Moves {
  readonly shares: readonly Float64Array[]; // [layer] of [step]
  readonly layer: number;
  readonly title: string;
  readonly note: string;
}

/** A share by step, a line per layer, the focused one thick. */
export function LayersFigure({ shares, layer, title, note, ...moves }: LayersProps) {
  return (
    <LinesFigure
      {...moves}
      {...{ title, note }}
      lines={shares}
      lit={layer}
      axis={{ most: 1, title: "%", scale: 100 }}
    />
  );
}

/** What the query of each step read in all layers, against a cache that is read whole. */
export function BytesFigure({ trace, ...moves }: Moves & { readonly trace: Trace }) {
  const { read, dense } = bytesRead(trace);
  const most = dense.reduce((largest, bytes) => Math.max(largest, Number.isNaN(bytes) ? 0 : bytes), 0);
  return (
    <LinesFigure
      {...moves}
      title="What a query read"
      note="of the cache in all layers, against keys and values of every slot"
      lines={[dense, read]}
      lit={1}
      axis={{ most, title: "KiB", scale: kibOf(1) }}
      legend={
        <div className="legend">
          <LegendItem sign={<path className="reading-line reading-line-lit" d="M0,6H22" />} width={22}>
            read
          </LegendItem>
          <LegendItem sign={<path className="reading-line" d="M0,6H22" />} width={22}>
            every slot
          </LegendItem>
        </div>
      }
    />
  );
}

interface LinesProps extends Moves {
  readonly title: string;
  readonly note: string;
  readonly lines: readonly Float64Array[]; // of [step]
  /** Which line is drawn thick. */
  readonly lit: number;
  readonly axis: LinesAxis & { readonly title: string };
  readonly legend?: React.ReactNode;
}

function LinesFigure({ title, note, lines, lit, axis, legend, step, onMove }: LinesProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const layout = linesLayout(lines, step, axis, { width, height: HEIGHT });
  return (
    <figure ref={frame} className="reading-figure">
      <figcaption>
        <strong>{title}</strong> {note}
      </figcaption>
      {layout === null ? (
        <p className="panel-empty">No step of this run says so.</p>
      ) : (
        <svg
          className="reading-shares"
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${title}: ${note}.`}
          onClick={(pointer) => onMove(layout.stepAt(pointIn(pointer.currentTarget, pointer).x))}
        >
          <ChartAxes {...layout} xTitle="step" yTitle={axis.title} />
          <g aria-hidden="true">
            {layout.shownX !== null && (
              <line
                className="reading-shown"
                x1={layout.shownX}
                x2={layout.shownX}
                y1={layout.plot.top}
                y2={layout.plot.bottom}
              />
            )}
            {layout.paths.map((path, of) => of !== lit && <path key={of} className="reading-line" d={path} />)}
            {/* On top, or the lines of 28 layers would hide it. */}
            <path className="reading-line reading-line-lit" d={layout.paths[lit]} />
          </g>
        </svg>
      )}
      {legend}
    </figure>
  );
}

type AskProps = Pick<PanelPage, "trace" | "isFullCacheRunning" | "onFullCacheRun">;

export function AskFullCache({ trace, isFullCacheRunning, onFullCacheRun }: AskProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  return (
    <div className="reading-figure">
      <p className="reading-note">
        <strong>What the full cache looked at</strong>{" "}
        {isFullCacheRunning
          ? "A full cache is being fed the same tokens."
          : refusal !== null
            ? `A full cache cannot be fed the same tokens here. ${refusal}`
            : "To see how much of the attention of a cache that reads every slot lay in those read here, it has to be fed the same tokens."}
      </p>
      {!isFullCacheRunning && refusal === null && (
        <button
          type="button"
          className="link-button"
          data-not-exported
          onClick={() => setRefusal(onFullCacheRun(trace.steps.length - 1))}
        >
          Feed a full cache the same tokens
        </button>
      )}
    </div>
  );
}
