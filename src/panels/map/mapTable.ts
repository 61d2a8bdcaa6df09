// The map as rows: what each head holds once the step is over.
import { cacheAfterStep, headPositions } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { tokenText } from "../tokenFacts";

export function mapTable(trace: Trace, step: number): FigureTable {
  const cache = cacheAfterStep(trace, step);
  const { layerCount, kvHeadCount } = trace.header.model;
  const heads = Array.from({ length: layerCount * kvHeadCount }, (_, head) => head);
  return {
    caption: `Tokens in the cache after step ${step}`,
    columns: ["layer", "KV head", "slot", "position", "token"],
    rows: heads.flatMap((head) =>
      Array.from(headPositions(cache, head), (position, slot) => [
        Math.floor(head / kvHeadCount),
        head % kvHeadCount,
        slot,
        position,
        tokenText(trace, position),
      ]),
    ),
  };
}
