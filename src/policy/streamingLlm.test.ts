import { expect, it } from "vitest";
import { drawCache, survivors } from "./drawCache.testing";
import { streamingLlm } from "./streamingLlm";

const cache = drawCache(`
  token      a    b    c    d    e    f    g    h
  attention  0    0    0    .50  .40  0    0    0`);

it("keeps the sinks and the most recent tokens, whatever the attention", () => {
  expect(survivors(streamingLlm, cache, { budgetSlots: 5, sinkSlots: 2 })).toEqual(["a", "b", "f", "g", "h"]);
});

it("is a sliding window without sinks", () => {
  expect(survivors(streamingLlm, cache, { budgetSlots: 3, sinkSlots: 0 })).toEqual(["f", "g", "h"]);
});

it("keeps the newest token when the sinks alone would fill the budget", () => {
  expect(survivors(streamingLlm, cache, { budgetSlots: 3, sinkSlots: 4 })).toEqual(["a", "b", "h"]);
});

it("keeps the same sinks after gaps in the text", () => {
  const later = drawCache(`
    token     a  b  f  g   h   i   j
    position  0  1  5  6   7   8   9`);
  expect(survivors(streamingLlm, later, { budgetSlots: 4, sinkSlots: 2 })).toEqual(["a", "b", "i", "j"]);
});
