// What the why card says, as rows: figures in full, thresholds, and the fate of the token in every head.
import { focusLabel, type Focus } from "../focus";
import type { FigureTable } from "../../ui/figure/figureTable";
import type { HeadFate } from "./heads";
import type { Why } from "./layout";

interface WhyTableRequest {
  readonly word: string;
  readonly position: number;
  readonly focus: Focus;
  readonly fates: readonly (readonly HeadFate[])[];
}

export function whyTable({ headline, rows, evidence, whatIfs }: Why, request: WhyTableRequest): FigureTable {
  const { word, position, focus, fates } = request;
  return {
    caption: `“${word}”, position ${position}, in ${focusLabel(focus)}. ${headline}`,
    columns: ["quantity", "meaning", "value"],
    rows: [
      ...rows.map(({ symbol, meaning, figure }) => [symbol, meaning, Number.isNaN(figure) ? null : written(figure)]),
      ...evidence.map(({ label, text, figure }) => [label, text, figure]),
      ...whatIfs.map(({ symbol, text, exact }) => [`what if: ${symbol}`, text, exact]),
      ...fates.flat().map(({ layer, kvHead, goneStep }) => {
        return [`layer ${layer}, KV head ${kvHead}`, "step of the event that evicted it", goneStep ?? "held"];
      }),
    ],
  };
}

function written(figure: number): number | string {
  return Number.isFinite(figure) ? figure : figure > 0 ? "∞" : "−∞";
}
