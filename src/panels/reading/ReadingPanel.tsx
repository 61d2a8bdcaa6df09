// How few directions hold the keys, what each step read and what that found. With its controls, and the full cache to compare with.
import { memo, useMemo } from "react";
import type { Choices } from "../../settings/settings";
import { loadKeyBasisFile, rememberMeasure } from "../../state/storedMeasures";
import { isFullCacheOf } from "../../trace/foretold";
import { bytesRead, foundShares, isReadMeasured, readAttention, readShares } from "../../trace/reading";
import type { Trace } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { writtenBytes, writtenShare } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import type { PanelProps } from "../definePanel";
import { laneLabel } from "../lanes/laneRows";
import { useMeasure } from "../useMeasure";
import { ReadingControls } from "./ReadingControls";
import { AskFullCache, BytesFigure, LayersFigure, SpectrumFigure } from "./ReadingFigures";
import "./reading.css";

export type ReadingPanelProps = PanelProps<
  | "trace"
  | "step"
  | "focus"
  | "onMove"
  | "theme"
  | "lanes"
  | "problem"
  | "onTry"
  | "fullCacheRun"
  | "isFullCacheRunning"
  | "onFullCacheRun",
  object
>;

const basisOf = rememberMeasure(loadKeyBasisFile);

export const ReadingPanel = memo(function ReadingPanel(props: ReadingPanelProps) {
  const { heading, trace, step, focus, onMove, lanes, problem, onTry, fullCacheRun } = props;
  const basis = useMeasure(trace.header.model, basisOf);
  const layers = useMemo(() => layersOf(trace), [trace]);
  const others = [...lanes.map((lane) => lane.trace), ...(fullCacheRun === null ? [] : [fullCacheRun])];
  const fullCache =
    others.find((other) => other !== trace && isFullCacheOf(other, trace, trace.steps.length - 1)) ?? null;
  if (!readsLatents(trace)) {
    const selecting = lanes.findIndex((lane) => readsLatents(lane.trace));
    return (
      <Panel {...heading} provenance={["measured"]}>
        <p className="panel-empty">
          This run reads every slot that it holds.{" "}
          {selecting === -1
            ? "Choose another way under “Reading” in the set-up and run again."
            : `To see one that selects, choose ${laneLabel(selecting)}.`}
        </p>
      </Panel>
    );
  }
  const { layer } = focus;
  const hasSteps = layers.some((of) => !readShares(trace, of).every(Number.isNaN));
  const moves = { step, onMove };
  return (
    <Panel
      {...heading}
      subtitle={`layer ${layer}, step ${step}`}
      provenance={["measured", "stored"]}
      table={() => readingTable(trace, layers, fullCache)}
    >
      <ReadingControls trace={trace} onChoose={(change: Choices) => onTry(problem, change)} />
      <p className="reading-note reading-sentence">{stepSentence(trace, step, layer, fullCache)}</p>
      <div className="reading-grid">
        {basis?.type === "measure" ? (
          <SpectrumFigure trace={trace} basis={basis.measure} layer={layer} />
        ) : (
          <p className="panel-empty" role="status">
            {basis?.message ?? "Loading…"}
          </p>
        )}
        {hasSteps && <BytesFigure {...moves} trace={trace} />}
        {hasSteps && isReadMeasured(trace) && (
          <>
            <LayersFigure
              {...{ ...moves, layer }}
              shares={layers.map((of) => foundShares(trace, of, "recall"))}
              title="What the selection found"
              note="of the N_c slots with the most attention, by the same query over all keys as computed"
            />
            <LayersFigure
              {...{ ...moves, layer }}
              shares={layers.map((of) => foundShares(trace, of, "attention"))}
              title="Attention in the slots read"
              note="its share of the attention of that query over all slots"
            />
          </>
        )}
        {hasSteps && !isReadMeasured(trace) && (
          <p className="reading-note">
            <strong>What the selection found</strong> is measured where the CPU runs the model and attention is
            recorded.
          </p>
        )}
        {hasSteps && fullCache === null && <AskFullCache {...props} />}
        {hasSteps && fullCache !== null && (
          <LayersFigure
            {...{ ...moves, layer }}
            shares={layers.map((of) => readAttention(trace, fullCache, of))}
            title="What the full cache looked at"
            note="the share of its attention that lay in the slots read"
          />
        )}
      </div>
    </Panel>
  );
});

function readsLatents({ header }: Trace): boolean {
  return header.parameters["reading"] === "latents";
}

function layersOf({ header }: Trace): readonly number[] {
  return Array.from({ length: header.model.layerCount }, (_, layer) => layer);
}

function stepSentence(trace: Trace, step: number, layer: number, fullCache: Trace | null): string {
  const share = readShares(trace, layer).at(step) ?? NaN;
  if (Number.isNaN(share) || step === 0) return "The prompt reads every slot; the steps after it select.";
  const bytes = bytesRead(trace);
  const all = `In all layers the query read ${writtenBytes(bytes.read[step])} of ${writtenBytes(bytes.dense[step])}.`;
  if (share === 1) return `At step ${step}, layer ${layer} read every slot. ${all}`;
  const [recall, attention] = (["recall", "attention"] as const).map((name) => foundShares(trace, layer, name)[step]);
  const found = Number.isNaN(recall)
    ? ""
    : `: ${writtenShare(recall)} of those with the most attention, and ${writtenShare(attention)} of all attention`;
  const paid = fullCache === null ? NaN : readAttention(trace, fullCache, layer)[step];
  const full = Number.isNaN(paid) ? "" : ` Of the full cache’s attention, ${writtenShare(paid)} lay there.`;
  return `At step ${step}, layer ${layer} read ${writtenShare(share)} of the slots that it holds${found}.${full} ${all}`;
}

function readingTable(trace: Trace, layers: readonly number[], fullCache: Trace | null): FigureTable {
  const orNull = (value: number | undefined): number | null =>
    value === undefined || Number.isNaN(value) ? null : value;
  const bytes = bytesRead(trace);
  return {
    caption:
      "By step and layer: share of the slots that was read; of the N_c slots with the most attention, the share that was found; share of the attention, of the same query over all slots and of a full cache’s, that lay in those read; bytes that the query read in all layers, and bytes of every slot.",
    columns: [
      ...["step", "layer", "read (share of slots)", "found (share of N_c)", "attention in them (share)"],
      ...["full cache’s attention in them (share)", "read (bytes, all layers)", "every slot (bytes, all layers)"],
    ],
    rows: layers.flatMap((layer) => {
      const paid = fullCache === null ? null : readAttention(trace, fullCache, layer);
      const [recall, attention] = (["recall", "attention"] as const).map((name) => foundShares(trace, layer, name));
      return Array.from(readShares(trace, layer), (share, step) => [
        ...[step, layer, orNull(share), orNull(recall[step]), orNull(attention[step]), orNull(paid?.at(step))],
        ...[orNull(bytes.read[step]), orNull(bytes.dense[step])],
      ]);
    }),
  };
}
