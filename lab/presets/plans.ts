// What a preset should show, before a problem is found that shows it, and the list of these plans in the page's order.
// Budgets are those of the stored table wherever it has the column, so that the second sentence can say how often the
// point holds.

import type { Problem, ProblemFamily } from "../../src/problems/problem";
import type { LaneChoices } from "../../src/settings/lanes";
import type { PresetLane, PresetLoss, PresetShare } from "../../src/settings/presets";
import type { Choices } from "../../src/settings/settings";
import type { LossCause } from "./findLoss";
import { answerWords, chanceWords, countWords, lossWords } from "./sentences";

export interface PresetPlan {
  readonly id: string;
  readonly title: string;
  readonly family: ProblemFamily;
  /** Of the first lane, which is on stage and loses what is needed. Without the problem. */
  readonly choices: Choices;
  readonly others: readonly LaneChoices[];
  /** How each lane has to end; null if either will do. */
  readonly answers: readonly (PlannedAnswer | null)[];
  /** The lane that still holds what the first has lost. */
  readonly keeper: number;
  /** Where the lost fact has to be; absent: anywhere. */
  readonly lossIn?: "prompt" | "reasoning";
  /** How the first lane loses it; absent: by evicting it. */
  readonly lossBy?: LossCause;
  /** Further settings that the second sentence counts. */
  readonly besides?: readonly { readonly family: ProblemFamily; readonly choices: Choices }[];
  /** What you see; why it matters and how often it holds. */
  readonly sentences: (facts: PresetFacts) => readonly [sees: string, matters: string];
}

/** Not right: wrong, or without an answer. */
export type PlannedAnswer = "right" | "notRight";

/** What the two sentences may say. */
export interface PresetFacts {
  readonly problem: Problem;
  readonly promptCount: number;
  readonly lanes: readonly PresetLane[];
  readonly besides: readonly PresetShare[];
  readonly loss: PresetLoss;
}

/** Of the first model, as computed: so many slots of each KV head in bytes. */
const bytesOf = (slots: number): { readonly budgetMode: "bytes"; readonly budgetBytes: number } => ({
  budgetMode: "bytes",
  budgetBytes: 4096 * slots,
});

export const presetPlans: readonly PresetPlan[] = [
  {
    id: "gkv-keeps",
    title: "G-KV keeps what SnapKV evicts",
    family: "diary",
    choices: { policyId: "snapKv", budgetSlots: 155 },
    others: [{ policyId: "gkv" }, { policyId: "random" }],
    answers: ["notRight", "right", null],
    keeper: 1,
    lossIn: "reasoning",
    sentences: ({ lanes: [snapKv, gkv, random], loss }) => [
      `${lossWords("SnapKV", loss)}, while G-KV still holds it and ${answerWords(gkv)}.`,
      `A score of the present window alone ignores whatever nobody looked at lately: with this cache SnapKV answers ` +
        `${countWords(snapKv)} such diaries right, G-KV ${countWords(gkv)}, random eviction that keeps the prompt ${countWords(random)}.`,
    ],
  },
  {
    id: "window",
    title: "A window too small, a window too large",
    family: "walk",
    choices: { policyId: "gkv", budgetSlots: 75, windowSlots: 8 },
    others: [
      { policyId: "gkv", windowSlots: 16 },
      { policyId: "gkv", windowSlots: 48 },
    ],
    answers: ["notRight", "right", "notRight"],
    keeper: 1,
    sentences: ({ lanes: [small, fitting, large], loss }) => [
      `With a window of 8, ${lossWords("G-KV", loss)}; with 16 it ${answerWords(fitting)}, and with 48 it ${answerWords(large)}.`,
      `A window of 8 with an event every 16 steps gives half of the steps no vote, and one of 48 takes slots that ` +
        `the rules need: of such walks, windows of 8, 16 and 48 get ${small.rightCount}, ${fitting.rightCount} and ${countWords(large)} right.`,
    ],
  },
  {
    id: "alpha-0",
    title: "Scores without a memory: α = 0",
    family: "walk",
    choices: { policyId: "gkv", budgetSlots: 126, alpha: 0 },
    others: [{ policyId: "gkv" }, { policyId: "random" }],
    answers: ["notRight", "right", null],
    keeper: 1,
    sentences: ({ lanes: [without, withMemory, random], loss }) => [
      `${lossWords("With α = 0 G-KV", loss)}; with α = 0.8 it remembers that the rule once mattered and ${answerWords(withMemory)}.`,
      `Nothing else differs between the two: of such walks, α = 0 gets ${countWords(without)} right, ` +
        `α = 0.8 ${countWords(withMemory)}, and random eviction that keeps the prompt ${countWords(random)}.`,
    ],
  },
  {
    id: "alpha-1",
    title: "Scores that never fade: α = 1 seldom matters",
    family: "story",
    choices: { policyId: "gkv", budgetSlots: 67, alpha: 1 },
    others: [{ policyId: "gkv" }, { policyId: "fullCache" }],
    answers: ["notRight", "right", "right"],
    keeper: 1,
    besides: [
      { family: "diary", choices: { policyId: "gkv", budgetSlots: 155, alpha: 1 } },
      { family: "diary", choices: { policyId: "gkv", budgetSlots: 155 } },
    ],
    sentences: ({ lanes: [unfading, fading], besides: [diaryUnfading, diaryFading], loss }) => [
      `${lossWords("With α = 1 G-KV", loss)}; with α = 0.8 old scores fade, and it ${answerWords(fading)}.`,
      `Such runs are few: α = 1 gets ${unfading.rightCount} and α = 0.8 ${countWords(fading)} such stories right, ` +
        `${chanceWords(unfading, fading)}, and of diaries at 155 slots ${diaryUnfading.rightCount} and ` +
        `${countWords(diaryFading)}, ${chanceWords(diaryUnfading, diaryFading)}.`,
    ],
  },
  {
    id: "redundancy",
    title: "Redundancy decides: λ = 1 against 0.5",
    family: "story",
    choices: { policyId: "gkv", budgetSlots: 94, lambda: 1 },
    others: [{ policyId: "gkv" }, { policyId: "rKv" }],
    answers: ["notRight", "right", null],
    keeper: 1,
    sentences: ({ lanes: [attentionOnly, gkv, rKv], loss }) => [
      `${lossWords("Scored by attention alone, G-KV", loss)}; with λ = 0.5, redundancy counts as much as attention, and G-KV ${answerWords(gkv)}.`,
      `Slots that nearly repeat others take room from the rest: of such stories, λ = 1 gets ${countWords(attentionOnly)} right, ` +
        `λ = 0.5 ${countWords(gkv)}, and R-KV, which has the redundancy but no memory of scores, ${countWords(rKv)}.`,
    ],
  },
  {
    id: "protect-prompt",
    title: "Protect the prompt",
    family: "walk",
    choices: { policyId: "snapKv", budgetSlots: 176 },
    others: [{ policyId: "snapKv", isPromptProtected: true }, { policyId: "random" }],
    answers: ["notRight", "right", "right"],
    keeper: 1,
    sentences: ({ lanes: [plain, protecting, random], loss }) => [
      `${lossWords("SnapKV", loss)}; the same SnapKV with the prompt protected ${answerWords(protecting)}.`,
      `All rules of a walk stand in its prompt: protecting it takes SnapKV from ${countWords(plain)} walks to ` +
        `${countWords(protecting)}, and random eviction that keeps the prompt gets ${countWords(random)}, so the credit goes to the switch, not to the score.`,
    ],
  },
  {
    id: "random-is-enough",
    title: "Random eviction is enough, H2O is not",
    family: "walk",
    choices: { policyId: "h2o", budgetSlots: 176 },
    others: [{ policyId: "random" }, { policyId: "gkv" }],
    answers: ["notRight", "right", "right"],
    keeper: 1,
    sentences: ({ lanes: [h2o, random, gkv], loss }) => [
      `${lossWords("H2O", loss)}; random eviction that keeps the prompt still holds it and ${answerWords(random)}, as G-KV does.`,
      `A score shows nothing until it beats this control: with 176 slots H2O gets ${countWords(h2o)} walks right, ` +
        `random eviction ${countWords(random)}, G-KV ${countWords(gkv)}.`,
    ],
  },
  {
    id: "everything-fails",
    title: "The budget at which everything fails",
    family: "diary",
    choices: { policyId: "gkv", budgetSlots: 66 },
    others: [{ policyId: "snapKv" }, { policyId: "random" }, { policyId: "gkv", budgetSlots: 155 }],
    answers: ["notRight", "notRight", "notRight", "right"],
    keeper: 3,
    sentences: ({ promptCount, lanes: [gkv, snapKv, random, roomy], loss }) => [
      `${lossWords("With 66 slots even G-KV", loss)}; SnapKV and random eviction fail too, and G-KV with 155 slots ${answerWords(roomy)}.`,
      `The prompt alone has ${promptCount} tokens, and below some budget no score helps: with 66 slots G-KV, SnapKV and random get ` +
        `${gkv.rightCount}, ${snapKv.rightCount} and ${countWords(random)} such diaries right, and G-KV with 155 slots ${countWords(roomy)}.`,
    ],
  },
  {
    id: "prompt-and-recent",
    title: "Prompt and recent tokens are not enough",
    family: "diary",
    choices: { policyId: "promptRecent", budgetSlots: 155 },
    others: [{ policyId: "streamingLlm" }, { policyId: "gkv" }],
    answers: ["notRight", "notRight", "right"],
    keeper: 2,
    lossIn: "reasoning",
    sentences: ({ lanes: [promptRecent, streaming, gkv], loss }) => [
      `${lossWords("Prompt + recent", loss)}, and StreamingLLM, with its sinks, fails too; G-KV ${answerWords(gkv)}.`,
      `What a diary needs was written on the way, neither at the start nor just now: of such diaries prompt + recent gets ` +
        `${countWords(promptRecent)} right, StreamingLLM ${countWords(streaming)}, G-KV ${countWords(gkv)}.`,
    ],
  },
  {
    id: "fewer-bits",
    title: "Fewer tokens at 16 bits, or more at 4?",
    family: "diary",
    choices: { policyId: "gkv", storage: "half", ...bytesOf(44) },
    others: [{ policyId: "gkv", storage: "quantised" }],
    answers: ["notRight", "right"],
    keeper: 1,
    sentences: ({ lanes: [half, packed], loss }) => [
      `${lossWords("In 16 bits G-KV", loss)}; in 4 bits it still holds it in the same 176 KiB and ${answerWords(packed)}.`,
      `The bytes hold 88 slots of each KV head in 16 bits and 195 in 4, the newest 16 as computed: of such diaries ` +
        `${countWords(half)} come out right in 16 bits and ${countWords(packed)} in 4.`,
    ],
  },
  {
    id: "evict-or-merge",
    title: "Evict or merge? A merge is not free",
    family: "walk",
    choices: { policyId: "gkv", merging: "keepKv", mergeThreshold: 0.6, ...bytesOf(126) },
    others: [
      { policyId: "gkv", merging: "none" },
      { policyId: "gkv", merging: "keepKv", mergeThreshold: 0.8 },
    ],
    answers: ["notRight", "right", null],
    keeper: 1,
    lossBy: "merging",
    sentences: ({ lanes: [loose, evicting, strict], loss }) => [
      `${lossWords("With KeepKV's merge above a cosine of 0.6, G-KV", loss)}; evicting in the same 504 KiB it ${answerWords(evicting)}.`,
      `A merge fits the newest query, and later ones read a blend: of such walks ${countWords(evicting)} come out right ` +
        `evicting, ${countWords(strict)} merged above 0.8 (${chanceWords(evicting, strict)}) and ${countWords(loose)} above 0.6.`,
    ],
  },
  {
    id: "evict-or-select",
    title: "Evict, or hold everything and read a part?",
    family: "story",
    choices: { policyId: "gkv", ...bytesOf(67) },
    others: [
      {
        policyId: "gkv",
        reading: "latents",
        readingSets: "head",
        storage: "quantised",
        grouping: "wholeChunks",
        groupingSlots: 1,
      },
    ],
    answers: ["notRight", "right"],
    keeper: 1,
    besides: [{ family: "story", choices: { policyId: "gkv", storage: "quantised", ...bytesOf(67) } }],
    sentences: ({ lanes: [evicting, selecting], besides: [packed], loss }) => [
      `${lossWords("G-KV", loss)}; as latents and 4-bit values the same 268 KiB hold every token, each query reads a part of them, and it ${answerWords(selecting)}.`,
      `Nothing is forgotten where nothing has to leave: of such stories ${countWords(evicting)} come out right evicting, ` +
        `${countWords(selecting)} selecting; the same bytes in 4 bits, keys too and all of them read, give ${countWords(packed)}.`,
    ],
  },
];
