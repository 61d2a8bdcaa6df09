// Lanes to add, and streams to begin with: each says what it shows.
import type { StreamPolicyId } from "../../policy/streamChoices";
import type { StreamChosen, StreamLaneSettings } from "../../settings/streamSettings";

export interface LanePreset {
  readonly policyId: StreamPolicyId;
  /** What it keeps, in a line. */
  readonly about: string;
}

export const lanePresets: readonly LanePreset[] = [
  { policyId: "tar+van", about: "newest frames, what has changed since, large values" },
  { policyId: "window", about: "the newest frames alone" },
  { policyId: "uniform", about: "patches spread evenly over what is held" },
  { policyId: "random", about: "newest frames, and patches by chance" },
  { policyId: "reversed", about: "what has changed least: TaR upside down" },
  { policyId: "changed", about: "patches that differ from the frame before" },
  { policyId: "rare", about: "patches whose word was rare so far" },
  { policyId: "van+recent", about: "no TaR; close behind TaR + VaN: 89 ± 2 % right against 95 ± 1 % (60 streams)" },
  { policyId: "snapkv", about: "what question 1 looks at, known from the start" },
  { policyId: "full", about: "everything: memory grows with the stream" },
];

export interface StreamPreset {
  readonly id: string;
  readonly title: string;
  /** What to look for. */
  readonly about: string;
  readonly chosen: StreamChosen;
}

const lanesOf = (...policies: readonly StreamPolicyId[]): readonly Partial<StreamLaneSettings>[] =>
  policies.map((policyId) => (policyId === "tar+van" ? {} : { policyId }));

export const streamPresets: readonly StreamPreset[] = [
  {
    id: "allDay",
    title: "A camera that runs all day",
    about: "128 frames, three times the model’s context, in 209 slots: the line of memory stays flat.",
    chosen: { shared: { stream: "stream-128x3-pans-1" }, lanes: [{}] },
  },
  {
    id: "threeQuestions",
    title: "Ask three questions",
    about:
      "TaR + VaN compresses without a question in view, SnapKV by question 1. Both caches are then asked questions 1 to 3; measured is " +
      "whether every word of an answer is right. The stream was chosen because it shows the difference clearly.",
    chosen: {
      shared: { stream: "stream-64x3-pans-8", questionCount: 3, moments: "end" },
      lanes: lanesOf("tar+van", "snapkv"),
    },
  },
  {
    id: "controls",
    title: "Same slots, other rules",
    about: "A sliding window and evenly spread patches lose what was seen early, at the same number of slots.",
    chosen: { shared: { stream: "stream-64x3-pans-1" }, lanes: lanesOf("tar+van", "window", "uniform", "random") },
  },
  {
    id: "signals",
    title: "Which signal counts?",
    about: "TaR upside down evicts what has changed. VaN with the newest frames, without TaR, comes close.",
    chosen: { shared: { stream: "stream-64x3-pans-1" }, lanes: lanesOf("tar+van", "van+recent", "tar", "reversed") },
  },
  {
    id: "positions",
    title: "Three or four?",
    about:
      "The lamp is lit and the door opens four times each. Keys renumbered within |M| no longer say how far apart two frames were, and " +
      "the model counts three; with keys at their positions in the stream it counts four, under the same rule. The stream was chosen " +
      "because it shows the difference clearly.",
    chosen: {
      shared: {
        stream: "stream-32x3-700033",
        questionCount: 0,
        asked: "32 how many times was the lamp lit; 32 how many times did the door open",
      },
      lanes: [{}, { isRenumbered: false }, { policyId: "full" }],
    },
  },
  {
    id: "full",
    title: "Beside a full cache",
    about: "32 frames fit into the model’s context, so that a full cache can be watched too.",
    chosen: { shared: { stream: "stream-32x3-pans-1" }, lanes: lanesOf("tar+van", "full") },
  },
];
