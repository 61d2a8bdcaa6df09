// In which heads a token lives, and since when it is gone from the others. Pure.
import { headOf } from "../../cache/headRows";
import type { Trace } from "../../trace/trace";
import type { TokenFacts } from "../tokenFacts";

export interface HeadFate {
  readonly layer: number;
  readonly kvHead: number;
  /** Step of the event that evicted it here, null while it is held. */
  readonly goneStep: number | null;
}

/** [layer][kvHead] */
export function headFates(
  trace: Trace,
  { deathSteps }: Pick<TokenFacts, "deathSteps">,
): readonly (readonly HeadFate[])[] {
  const { model } = trace.header;
  return Array.from({ length: model.layerCount }, (_, layer) =>
    Array.from({ length: model.kvHeadCount }, (_, kvHead) => {
      const death = deathSteps[headOf(model, layer, kvHead)];
      return { layer, kvHead, goneStep: death === Infinity ? null : death };
    }),
  );
}
