// How few directions hold the keys, and what each step read. With the full cache to compare with.
import { memo, useMemo, useState } from "react";
import { loadKeyBasisFile, rememberMeasure, type KeyBasisFile } from "../../state/storedMeasures";
import { isFullCacheOf } from "../../trace/foretold";
import { ranksOf, readAttention, readShares } from "../../trace/reading";
import type { Trace } from "../../trace/trace";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import type { FigureTable } from "../../ui/figure/figureTable";
import { writtenShare } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import type { PanelProps } from "../definePanel";
import { useMeasure } from "../useMeasure";
import { sharesLayout, spectrumLayout } from "./layout";
import "./reading.css";

type ReadingPanelProps = PanelProps<
  "trace" | "step" | "focus" | "onMove" | "theme" | "lanes" | "fullCacheRun" | "isFullCacheRunning" | "onFullCacheRun",
  object
>;

const basisOf = rememberMeasure(loadKeyBasisFile);
const HEIGHT = 190;

export const ReadingPanel = memo(function ReadingPanel(props: ReadingPanelProps) {
  const { heading, trace, step, focus, onMove, lanes, fullCacheRun } = props;
  const basis = useMeasure(trace.header.model, basisOf);
  const layers = useMemo(() => layersOf(trace), [trace]);
  const shares = layers.map((layer) => readShares(trace, layer));
  const others = [...lanes.map((lane) => lane.trace), ...(fullCacheRun === null ? [] : [fullCacheRun])];
  const fullCache =
    others.find((other) => other !== trace && isFullCacheOf(other, trace, trace.steps.length - 1)) ?? null;
  if (shares.every((layer) => layer.every(Number.isNaN))) {
    return (
      <Panel {...heading} provenance={["measured"]}>
        <p className="panel-empty">{emptyReason(trace)}</p>
      </Panel>
    );
  }
  const { layer } = focus;
  return (
    <Panel
      {...heading}
      subtitle={`layer ${layer}, step ${step}`}
      provenance={["measured", "stored"]}
      table={() => readingTable(trace, layers, fullCache)}
    >
      <div className="reading-grid">
        {basis?.type === "measure" ? (
          <SpectrumFigure trace={trace} basis={basis.measure} layer={layer} />
        ) : (
          <p className="panel-empty" role="status">
            {basis?.message ?? "Loading…"}
          </p>
        )}
        <SharesFigure
          {...{ shares, layer, step, onMove }}
          title="What each step read"
          note="slots read, in per cent of those held; a line per layer, the focused one thick"
        />
        {fullCache === null ? (
          <AskFullCache {...props} />
        ) : (
          <SharesFigure
            {...{ layer, step, onMove }}
            shares={layers.map((of) => readAttention(trace, fullCache, of))}
            title="What the full cache looked at"
            note="its attention, in per cent, that lay in the slots read"
          />
        )}
      </div>
      <p className="reading-note">{stepSentence(trace, step, layer, fullCache)}</p>
    </Panel>
  );
});

function layersOf({ header }: Trace): readonly number[] {
  return Array.from({ length: header.model.layerCount }, (_, layer) => layer);
}

function emptyReason({ header }: Trace): string {
  const { reading = "everything" } = header.parameters;
  return reading === "everything"
    ? "This run reads every slot that it holds. Choose another way under “Reading” in the set-up and run again."
    : "No step has been read through latents yet: the prompt reads every slot.";
}

interface SpectrumProps {
  readonly trace: Trace;
  readonly basis: KeyBasisFile;
  readonly layer: number;
}

function SpectrumFigure({ trace, basis, layer }: SpectrumProps) {
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
        <strong>How few directions hold the keys</strong> of layer {layer}, before RoPE and after it
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
          <LineLabels labels={layout.labels} right={plot.right} />
        </g>
      </svg>
    </figure>
  );
}

interface SharesProps extends Pick<ReadingPanelProps, "step" | "onMove"> {
  readonly shares: readonly Float64Array[]; // [layer] of [step]
  readonly layer: number;
  readonly title: string;
  readonly note: string;
}

function SharesFigure({ shares, layer, step, onMove, title, note }: SharesProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const layout = sharesLayout(shares, step, { width, height: HEIGHT });
  return (
    <figure ref={frame} className="reading-figure">
      <figcaption>
        <strong>{title}</strong> {note}
      </figcaption>
      {layout === null ? (
        <p className="panel-empty">A run that evicts has no full cache to be held against here.</p>
      ) : (
        <svg
          className="reading-shares"
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={`${title}: ${note}.`}
          onClick={(pointer) => onMove(layout.stepAt(pointIn(pointer.currentTarget, pointer).x))}
        >
          <ChartAxes {...layout} xTitle="step" yTitle="%" />
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
            {layout.paths.map((path, of) => (
              <path key={of} className={of === layer ? "reading-line reading-line-lit" : "reading-line"} d={path} />
            ))}
          </g>
        </svg>
      )}
    </figure>
  );
}

function AskFullCache({ trace, isFullCacheRunning, onFullCacheRun }: ReadingPanelProps) {
  const [isRefused, setRefused] = useState(false);
  return (
    <div className="reading-figure">
      <p className="reading-note">
        <strong>What the full cache looked at</strong>{" "}
        {isFullCacheRunning
          ? "A full cache is being fed the same tokens."
          : isRefused
            ? "A full cache cannot be run for this run."
            : "To see how much of the attention the slots read held, a full cache has to read the same tokens."}
      </p>
      {!isFullCacheRunning && !isRefused && (
        <button
          type="button"
          className="link-button"
          data-not-exported
          onClick={() => setRefused(!onFullCacheRun(trace.steps.length - 1))}
        >
          Feed a full cache the same tokens
        </button>
      )}
    </div>
  );
}

function stepSentence(trace: Trace, step: number, layer: number, fullCache: Trace | null): string {
  const share = readShares(trace, layer)[step];
  if (Number.isNaN(share)) return "";
  if (share === 1) return `At step ${step}, layer ${layer} read every slot.`;
  const attention = fullCache === null ? NaN : readAttention(trace, fullCache, layer)[step];
  const held = Number.isNaN(attention) ? "" : `, where ${writtenShare(attention)} of the full cache’s attention lay`;
  return `At step ${step}, layer ${layer} read ${writtenShare(share)} of the slots that it holds${held}.`;
}

function readingTable(trace: Trace, layers: readonly number[], fullCache: Trace | null): FigureTable {
  return {
    caption: "Share of the slots that each layer read by step, and of the full cache's attention that lay in them.",
    columns: ["step", "layer", "read (share of slots)", "attention in them (share)"],
    rows: layers.flatMap((layer) => {
      const attention = fullCache === null ? null : readAttention(trace, fullCache, layer);
      return Array.from(readShares(trace, layer), (share, step) => {
        const paid = attention?.at(step) ?? NaN;
        return [step, layer, Number.isNaN(share) ? null : share, Number.isNaN(paid) ? null : paid];
      });
    }),
  };
}
