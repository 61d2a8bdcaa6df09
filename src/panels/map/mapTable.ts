// The map as rows: what each head holds once the step is over.
import { headCountOf, headRow, kvHeadOf, layerOf } from "../../cache/headRows";
import { cacheAfterStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenText } from "../tokenFacts";

export function mapTable(trace: Trace, step: number): FigureTable {
  const cache = cacheAfterStep(trace, step);
  const { model } = trace.header;
  const heads = Array.from({ length: headCountOf(model) }, (_, head) => head);
  return {
    caption: `Tokens in the cache after step ${step}`,
    columns: ["layer", "KV head", "slot", "position", "token"],
    rows: heads.flatMap((head) =>
      Array.from(headRow(cache, head), (position, slot) => [
        layerOf(model, head),
        kvHeadOf(model, head),
        slot,
        position,
        tokenText(trace, position),
      ]),
    ),
  };
}
