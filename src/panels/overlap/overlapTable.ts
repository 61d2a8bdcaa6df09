// What the window overlap draws, as rows: curves by layer, the focused layer's matrix, survivors from event to event.
import type { FigureTable } from "../../ui/figure/figureTable";
import { focusHead, shortFocusLabel, type Focus } from "../focus";
import type { Trace } from "../../trace/trace";
import { eventCountAfterStep } from "../../trace/traceIndex";
import { meanOfLayers, type LayerOverlap, type OverlapCurves, type OverlapWork } from "./overlapWork";
import { survivorShares } from "./survivors";
import { retainedShares } from "./view";

type Row = FigureTable["rows"][number];

interface TableRequest {
  readonly step: number;
  readonly focus: Focus;
  /** Place of the retained share in force. */
  readonly place: number;
  /** How many events back the survivors of each event are compared with. */
  readonly lag: number;
  readonly work: OverlapWork | null;
}

export function overlapTable(trace: Trace, request: TableRequest): FigureTable {
  const { step, focus, place, lag, work } = request;
  const layers = work?.layers.filter((layer) => layer !== null) ?? [];
  return {
    caption:
      `Agreement of observation windows up to step ${step}, as shares: curve rows by retained share, matrix rows for ` +
      `layer ${focus.layer}, survivor rows by event, against ${lag} before. Single: mean over earlier windows; union: all earlier together.`,
    columns: [
      "part",
      "layer or head",
      "retained (share)",
      "window (steps)",
      "other window (steps)",
      "event (step)",
      "agreement (share)",
      "chance (share)",
      "agreement of union (share)",
      "chance of union (share)",
    ],
    rows: [
      ...curveRows("mean", meanOfLayers(layers)),
      ...layers.flatMap((layer) => curveRows(`L${layer.layer}`, layer)),
      ...matrixRows(layers.find(({ layer }) => layer === focus.layer) ?? null, place, work?.windowLabels ?? []),
      ...survivorRows(trace, request),
    ],
  };
}

function curveRows(name: string, curves: OverlapCurves): readonly Row[] {
  const cell = (share: number): number | null => (Number.isNaN(share) ? null : share);
  return retainedShares.map((share, at) => [
    "curve",
    name,
    share,
    null,
    null,
    null,
    cell(curves.single[at]),
    cell(curves.singleChance[at]),
    cell(curves.union[at]),
    cell(curves.unionChance[at]),
  ]);
}

function matrixRows(layer: LayerOverlap | null, place: number, windows: readonly string[]): readonly Row[] {
  if (layer === null) return [];
  return layer.pairs[place].flatMap((shares, row) =>
    shares.map((share, column) => [
      "matrix",
      `L${layer.layer}`,
      retainedShares[place],
      windows[row],
      windows[column],
      null,
      share,
      row === column ? null : layer.singleChance[place],
      null,
      null,
    ]),
  );
}

function survivorRows(trace: Trace, { step, focus, lag }: TableRequest): readonly Row[] {
  const head = focusHead(trace.header.model, focus);
  return survivorShares(trace, eventCountAfterStep(trace, step), lag).flatMap((event) =>
    [
      { name: shortFocusLabel(focus), share: event.heads[head] },
      { name: "mean", share: event.mean },
    ].map(({ name, share }) => ["survivors", name, null, null, null, event.step, share, event.chance, null, null]),
  );
}
