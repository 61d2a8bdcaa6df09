// In which heads a token lives, and since when it is gone from the others. Pure.
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
  const { layerCount, kvHeadCount } = trace.header.model;
  return Array.from({ length: layerCount }, (_, layer) =>
    Array.from({ length: kvHeadCount }, (_, kvHead) => {
      const death = deathSteps[layer * kvHeadCount + kvHead];
      return { layer, kvHead, goneStep: death === Infinity ? null : death };
    }),
  );
}
