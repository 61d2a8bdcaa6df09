// How alike the heads are, what is left of one token's heads without their mean, and what each width loses. With its controls.
import { memo, useMemo } from "react";
import {
  breakEvenCorrelation,
  loadStorageSurvey,
  rememberMeasure,
  surveyedBits,
  type StorageSurvey,
} from "../../state/storedMeasures";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import type { FigureTable } from "../../ui/figure/figureTable";
import { LegendItem } from "../../ui/LegendItem";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { useElementSize } from "../../ui/useElementSize";
import type { PanelProps } from "../definePanel";
import { useMeasure } from "../useMeasure";
import { alikeLayout, errorsLayout, errorWays, headLines, wayNames, type HeadLines } from "./layout";
import { BitsSection } from "./BitsSection";
import type { StorageView } from "./view";
import "./storage.css";

type StoragePanelProps = PanelProps<
  "trace" | "isEnded" | "problem" | "focus" | "onFocus" | "theme" | "storageTrials" | "onStorageTrials" | "onTry",
  StorageView
>;

const surveyOf = rememberMeasure(loadStorageSurvey);

export const StoragePanel = memo(function StoragePanel(props: StoragePanelProps) {
  const loaded = useMeasure(props.trace.header.model, surveyOf);
  if (loaded?.type === "measure") return <StorageFigure {...props} survey={loaded.measure} />;
  return (
    <Panel {...props.heading} provenance={["stored"]}>
      <p className="panel-empty" role="status">
        {loaded?.message ?? "Loading…"}
      </p>
      <BitsSection {...props} />
    </Panel>
  );
});

const kindLabels: Readonly<Record<StorageView["kind"], string>> = { keys: "keys", values: "values" };
const HEIGHT = 200;

export const StorageFigure = memo(function StorageFigure(
  props: StoragePanelProps & { readonly survey: StorageSurvey },
) {
  const { heading, focus, onFocus, view, onView, survey } = props;
  const { kind } = view;
  return (
    <Panel
      {...heading}
      subtitle={`${kind} of layer ${focus.layer}, over ${survey.tokenCount} tokens`}
      provenance={["stored", "measured"]}
      controls={
        <ToolChoice
          label="of"
          value={kind}
          options={toolOptions(kindLabels)}
          onChange={(chosen) => onView({ ...view, kind: chosen })}
        />
      }
      table={() => surveyTable(survey)}
    >
      <div className="storage-grid">
        <AlikeFigure
          survey={survey}
          kind={kind}
          layer={focus.layer}
          onLayer={(layer) => onFocus({ ...focus, layer })}
        />
        <ExampleFigure survey={survey} kind={kind} layer={focus.layer} />
        <ErrorsFigure survey={survey} kind={kind} layer={focus.layer} />
      </div>
      <p className="storage-note">{meanSentence(survey, kind, focus.layer)}</p>
      <BitsSection {...props} />
    </Panel>
  );
});

interface FigureProps {
  readonly survey: StorageSurvey;
  readonly kind: StorageView["kind"];
  readonly layer: number;
}

function AlikeFigure({ survey, kind, layer, onLayer }: FigureProps & { readonly onLayer: (layer: number) => void }) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const layout = useMemo(() => alikeLayout(survey, { width, height: HEIGHT }), [survey, width]);
  const { plot, breakEvenY } = layout;
  return (
    <figure ref={frame} className="storage-figure">
      <figcaption>
        <strong>How alike the heads are</strong> mean correlation ρ of two KV heads; above the line their mean pays
      </figcaption>
      <svg width={width} height={HEIGHT} role="img" aria-label="Correlation of the KV heads, layer by layer.">
        <ChartAxes {...layout} xTitle="layer" yTitle="ρ" />
        <g aria-hidden="true">
          {layout.bars.map((bar) => (
            <rect
              key={`${bar.layer} ${bar.kind}`}
              className={`storage-bar storage-${bar.kind}${bar.layer === layer && bar.kind === kind ? " storage-lit" : ""}`}
              x={bar.x}
              y={bar.y}
              width={bar.width}
              height={bar.height}
              onClick={() => onLayer(bar.layer)}
            />
          ))}
          <line className="storage-zero" x1={plot.left} x2={plot.right} y1={layout.zeroY} y2={layout.zeroY} />
          {breakEvenY !== null && (
            <line className="storage-even" x1={plot.left} x2={plot.right} y1={breakEvenY} y2={breakEvenY} />
          )}
        </g>
      </svg>
      <div className="legend">
        <LegendItem sign={<rect className="storage-bar storage-keys" width={12} height={12} />} width={12}>
          keys
        </LegendItem>
        <LegendItem sign={<rect className="storage-bar storage-values" width={12} height={12} />} width={12}>
          values
        </LegendItem>
        <LegendItem sign={<path className="storage-even" d="M0,6H22" />} width={22}>
          where the mean pays
        </LegendItem>
      </div>
    </figure>
  );
}

const LINES_HEIGHT = 84;

function ExampleFigure({ survey, kind, layer }: FigureProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const [before, after] = useMemo(
    () => headLines(survey.layers[layer][kind], { width, height: LINES_HEIGHT }),
    [survey, layer, kind, width],
  );
  const { word, sentence } = survey.example;
  return (
    <figure ref={frame} className="storage-figure">
      <figcaption>
        <strong>One token’s heads</strong> “{word}” in “{sentence}”: a line per KV head over its channels
      </figcaption>
      <Lines lines={before} label="as computed, with their mean" hasMean />
      <Lines lines={after} label="with the mean taken off: what TaDA codes" />
    </figure>
  );
}

function Lines({
  lines,
  label,
  hasMean = false,
}: {
  readonly lines: HeadLines;
  readonly label: string;
  readonly hasMean?: boolean;
}) {
  const { size, paths, meanPath, zeroY } = lines;
  return (
    <>
      <svg width={size.width} height={size.height} role="img" aria-label={`The heads of one token ${label}.`}>
        <g aria-hidden="true">
          <line className="storage-zero" x1={0} x2={size.width} y1={zeroY} y2={zeroY} />
          {paths.map((path, kvHead) => (
            <path key={kvHead} className="storage-head" d={path} />
          ))}
          {hasMean && <path className="storage-mean" d={meanPath} />}
        </g>
      </svg>
      <p className="storage-label">{label}</p>
    </>
  );
}

function ErrorsFigure({ survey, kind, layer }: FigureProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 320, height: HEIGHT });
  const layout = useMemo(
    () => errorsLayout(survey.layers[layer][kind], { width, height: HEIGHT }),
    [survey, layer, kind, width],
  );
  return (
    <figure ref={frame} className="storage-figure">
      <figcaption>
        <strong>What each width loses</strong> error of the {kind} of layer {layer}, in per cent of their size
      </figcaption>
      <svg width={width} height={HEIGHT} role="img" aria-label="Error by bits, for three ways to group.">
        <ChartAxes {...layout} xTitle="bits of a number" yTitle="error, %" />
        <g aria-hidden="true">
          {layout.lines.map(({ way, path, dots }) => (
            <g key={way} className={`storage-way storage-way-${way}`}>
              <path d={path} />
              {dots.map(([x, y]) => (
                <circle key={x} cx={x} cy={y} r={2.6} />
              ))}
            </g>
          ))}
          <LineLabels labels={layout.labels} right={layout.plot.right} />
        </g>
      </svg>
    </figure>
  );
}

function meanSentence({ layers }: StorageSurvey, kind: StorageView["kind"], layer: number): string {
  const { correlation, deviationShare, example } = layers[layer][kind];
  const breakEven = breakEvenCorrelation(example.length);
  if (breakEven === null) return "This model has one KV head in a layer, so there is no mean to share.";
  const verdict = correlation > breakEven ? "so the mean pays here." : "so the mean costs more than it saves here.";
  return (
    `The ${example.length} heads of layer ${layer} have ρ = ${writtenNumber(correlation)}, and their mean pays above ` +
    `${writtenNumber(breakEven)}; without it, ${writtenShare(deviationShare)} of the ${kind}’ squared length is left, ${verdict}`
  );
}

function surveyTable({ layers, tokenCount }: StorageSurvey): FigureTable {
  return {
    caption: `Correlation of the KV heads and relative error by width, over ${tokenCount} tokens.`,
    columns: [
      "layer",
      "entries",
      "correlation ρ",
      "left without the mean (share)",
      "groups",
      ...surveyedBits.map((bits) => `error at ${bits} bits (share)`),
    ],
    rows: layers.flatMap((entries, layer) =>
      (["keys", "values"] as const).flatMap((kind) =>
        errorWays.map((way) => [
          ...[layer, kind, entries[kind].correlation, entries[kind].deviationShare, wayNames[way]],
          ...entries[kind].errors[way],
        ]),
      ),
    ),
  };
}
