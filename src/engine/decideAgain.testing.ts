// Decides the events of a run again, by the policy itself, from the terms that they recorded; tests compare the two.

import { appendPositions, emptyCache } from "../cache/cacheState";
import { rowLengths } from "../cache/headRows";
import { noSpans } from "../lib/spans";
import { baseParameters } from "../policy/parameters";
import { policyById } from "../policy/policies";
import type { PolicyParameters } from "../policy/policy";
import type { LayerShare } from "../policy/share";
import type { EvictionEvent, Trace } from "../trace/trace";
import { decideEviction, withInitialCarry } from "./loop/decideEviction";

export function decideAgain({ header, events }: Trace): EvictionEvent[] {
  const policy = policyById(header.policyId);
  const parameters = { ...baseParameters, ...(header.parameters as Partial<PolicyParameters>) };
  const promptCount = header.promptTokens.length;
  let writtenCount = 0;
  let cache = emptyCache(header.model);
  return events.map(({ event, step, survivors, terms, excusedSlots, votingHeads }, place) => {
    cache = appendPositions(cache, writtenCount, promptCount + step - writtenCount);
    writtenCount = promptCount + step;
    if (place === 0) cache = withInitialCarry(cache, terms, { policy, parameters });
    const evidence = { ...(excusedSlots && { excusedSlots }), ...(votingHeads && { votingHeads }) };
    const { kvHeadCount } = cache;
    const kept = rowLengths(survivors);
    const share: LayerShare = ({ layer }) => kept.slice(layer * kvHeadCount, (layer + 1) * kvHeadCount);
    const spans = header.spans ?? noSpans;
    const { windows } = header.model;
    const occasion = { policy, parameters, promptCount, spans, event, step, share, windows };
    const decided = decideEviction(occasion, cache, { terms, ...evidence });
    cache = decided.cache;
    return decided.eviction;
  });
}
