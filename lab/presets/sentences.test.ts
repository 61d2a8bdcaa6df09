import { expect, it } from "vitest";
import type { PresetShare } from "../../src/settings/presets";
import { answerWords, chanceWords, countWords, lossWords } from "./sentences";

const share = (rightCount: number): PresetShare => ({ rightCount, problemCount: 100, source: "table" });

it("says what is evicted where and when, and what is written for lack of it", () => {
  const loss = { lane: 0, keeper: 1, layer: 1, kvHead: 0, position: 114, lostAtStep: 176, neededAtStep: 190 };
  expect(lossWords("SnapKV", { ...loss, what: "attic's note", written: "26", expected: "20" })).toBe(
    "SnapKV evicts attic's note in layer 1, KV head 0 at step 176; when it needs it, at step 190, it writes “26” for “20”",
  );
});

it("says what is merged into a token that is still held, and how much of the attention to it is left", () => {
  const place = { lane: 0, keeper: 1, layer: 2, kvHead: 0, position: 38, lostAtStep: 288, neededAtStep: 304 };
  const words = { what: "pantry's rule", written: "gain", expected: "lose" };
  const blend = { positions: [48, 68], attentionPercent: 1, keeperAttentionPercent: 100 };
  expect(lossWords("G-KV", { ...place, ...words, blend })).toBe(
    "G-KV merges 2 tokens into the slot of pantry's rule in layer 2, KV head 0 by step 288; when it needs it, at step 304, " +
      "the head pays it 1 % of its attention instead of 100 %, and it writes “gain” for “lose”",
  );
});

it("counts, and says of a lane what it answers", () => {
  const lane = { ...share(27), tokenCount: 291 };
  expect(countWords(lane)).toBe("27 of 100");
  expect(answerWords({ ...lane, answer: "wrong", given: "35" })).toBe("answers 35, which is wrong");
  expect(answerWords({ ...lane, answer: "unfinished", given: null })).toBe("comes to no answer");
});

it("makes little of a difference that chance explains", () => {
  expect(chanceWords(share(13), share(19))).toBe("no more than chance explains");
  expect(chanceWords(share(27), share(80))).toBe("more than chance explains");
  expect(chanceWords(share(50), share(50))).toBe("no more than chance explains");
});
