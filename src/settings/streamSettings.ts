// Every choice about frame streams, in two tables: what the lanes of a stream share, and what each has for itself. Controls, defaults,
// limits, the link (streamLink.ts) and the command line derive from them.
import type { RowValue } from "../policy/parameterRow";
import {
  keptFrames,
  streamPolicies,
  streamPolicyIds,
  type StreamChoices,
  type StreamPolicyId,
} from "../policy/streamChoices";
import type { SettingRow, SettingValue } from "./settingRow";

/** `blockFrames`: as many as fit beside |C| under |M|. */
const WIDEST_BLOCK = 0;

export const streamTable = {
  stream: {
    type: "text",
    label: "Stream",
    help: "Frames, televisions, how the camera moves and a number: the same name gives the same stream.",
    group: "problem",
    key: "id",
    isMain: true,
    default: "stream-128x3-1",
    maxLength: 40,
    accepts: { pattern: /^stream-\d{1,4}x\d(-(still|pans))?-\d{1,9}$/, words: "a stream such as stream-32x3-1" },
  },
  questionCount: {
    type: "number",
    label: "Questions",
    help: "Drawn from the stream, type by type.",
    group: "problem",
    key: "questions",
    default: 6,
    min: 0,
    max: 15,
    step: 1,
  },
  moments: {
    type: "choice",
    label: "Asked",
    help: "When the drawn questions are asked.",
    group: "problem",
    key: "moments",
    default: "any",
    choices: [
      { value: "any", label: "half of them earlier" },
      { value: "end", label: "after the last frame" },
    ],
  },
  /** As writeAsked writes them. */
  asked: {
    type: "text",
    label: "Own questions",
    help: "Each with the frames seen before it: 40 where lay the parcel last; 60 who carried the parcel.",
    group: "problem",
    key: "ask",
    default: "",
    maxLength: 2000,
  },
  hasTaps: {
    type: "flag",
    label: "Record attention",
    help: "Records what each answer looked at.",
    group: "engine",
    key: "taps",
    default: true,
  },
  backend: {
    type: "choice",
    label: "Runs on",
    help: "Automatic uses a real GPU if there is one, otherwise the CPU.",
    group: "engine",
    key: "on",
    default: "auto",
    choices: [
      { value: "auto", label: "automatic" },
      { value: "gpu", label: "WebGPU" },
      { value: "cpu", label: "CPU" },
    ],
  },
} as const satisfies Readonly<Record<string, SettingRow>>;

export const streamLaneTable = {
  policyId: {
    type: "choice",
    label: "Policy",
    help: "Which patches stay when the cache reaches |M|.",
    group: "policy",
    key: "policy",
    isMain: true,
    default: "tar+van",
    choices: streamPolicyIds.map((value) => ({ value, label: streamPolicies[value].label })),
  },
  capFrames: {
    type: "number",
    label: "|M|, the cap",
    help: "The cache is compressed before it would hold more.",
    group: "cache",
    key: "M",
    isMain: true,
    default: 8,
    min: 2,
    max: 64,
    step: 1,
    unit: "frames",
  },
  keepShare: {
    type: "number",
    label: "|C|, what a compression leaves",
    help: "As a share of |M|, in whole frames: at least one, and fewer than |M|.",
    group: "cache",
    key: "C",
    default: 0.75,
    min: 0.05,
    max: 0.95,
    step: 0.05,
  },
  blockFrames: {
    type: "number",
    label: "Frames of a block",
    help: "So many arrive at once. 0 is automatic: as many as fit beside |C| under |M|.",
    group: "cache",
    key: "block",
    default: WIDEST_BLOCK,
    min: 0,
    max: 32,
    step: 1,
    unit: "frames",
  },
  temporalShare: {
    type: "number",
    label: "α, for TaR",
    help: "The share of |C| that the newest frames and TaR’s picks take; value norms take the rest.",
    group: "score",
    key: "alpha",
    default: 0.85,
    min: 0,
    max: 1,
    step: 0.05,
  },
  recentShare: {
    type: "number",
    label: "r, the newest frames",
    help: "As a share of the frames in the cache, at least one: TaR compares with them, and they stay.",
    group: "score",
    key: "r",
    default: 0.125,
    min: 0,
    max: 0.5,
    step: 0.005,
  },
  pooling: {
    type: "text",
    label: "Value norms averaged over",
    help: "Neighbouring slots, 1, 3, 5 or 7 for each layer: 7-5-3-1. Empty: not at all.",
    group: "score",
    key: "pool",
    default: "",
    maxLength: 64,
    accepts: { pattern: /^[1357](-[1357])*$/, words: "odd widths such as 7-5-3-1" },
  },
  isRenumbered: {
    type: "flag",
    label: "Keys stand at their slots",
    help: "As the paper streams: positions stay below |M|, so a stream may be longer than the context. Off: positions of the stream.",
    group: "score",
    key: "renumber",
    default: true,
  },
  temporalKeys: {
    type: "choice",
    label: "TaR compares keys",
    help: "After RoPE a key differs from its own copy by distance alone.",
    group: "score",
    key: "keys",
    default: "beforeRope",
    choices: [
      { value: "beforeRope", label: "before RoPE" },
      { value: "afterRope", label: "after RoPE" },
    ],
  },
  patchOf: {
    type: "choice",
    label: "A slot counts as the patch",
    help: "The published code takes slot j for patch j, also after survivors are no longer whole frames.",
    group: "score",
    key: "patches",
    default: "token",
    choices: [
      { value: "token", label: "of its token" },
      { value: "slot", label: "of its slot, as the code" },
    ],
  },
  seed: {
    type: "number",
    label: "Seed",
    help: "Of random eviction.",
    group: "score",
    key: "seed",
    default: 1,
    min: 0,
    max: 999_999,
    step: 1,
  },
} as const satisfies Readonly<Record<string, SettingRow>>;

export type StreamSettings = { readonly [Id in keyof typeof streamTable]: RowValue<(typeof streamTable)[Id]> };
export type StreamLaneSettings = {
  readonly [Id in keyof typeof streamLaneTable]: RowValue<(typeof streamLaneTable)[Id]>;
};

/** What is chosen, only as far as it differs from the defaults; at least one lane. */
export interface StreamChosen {
  readonly shared: Partial<StreamSettings>;
  readonly lanes: readonly Partial<StreamLaneSettings>[];
}

export const firstStream: StreamChosen = { shared: {}, lanes: [{}] };

type Table = Readonly<Record<string, SettingRow>>;

/** A value for every row. */
function inForce<Settings>(table: Table, chosen: Partial<Settings>): Settings {
  const defaults = Object.fromEntries(Object.entries(table).map(([id, row]) => [id, row.default]));
  return { ...defaults, ...chosen } as Settings;
}

export const sharedInForce = (chosen: Partial<StreamSettings>): StreamSettings => inForce(streamTable, chosen);
export const laneInForce = (lane: Partial<StreamLaneSettings>): StreamLaneSettings => inForce(streamLaneTable, lane);

/** The choices after one more; defaults are dropped. */
export function withValue<Chosen extends object>(
  table: Table,
  chosen: Chosen,
  id: string,
  value: SettingValue,
): Chosen {
  const entries = Object.entries({ ...chosen, [id]: value });
  return Object.fromEntries(entries.filter(([name, said]) => said !== table[name]?.default)) as Chosen;
}

/** The numbers of a lane: the policy's own over those that are set. */
export function streamChoicesOf(settings: StreamLaneSettings, frameTokens: number): StreamChoices {
  const { capFrames, keepShare, blockFrames, temporalShare, recentShare, pooling } = settings;
  const { isRenumbered, temporalKeys, patchOf, seed } = settings;
  const keepFrames = keptFrames(capFrames, keepShare);
  const widest = capFrames - keepFrames;
  return {
    ...{ rule: "tarVan", capFrames, keepFrames, frameTokens, temporalShare, recentShare, isReversed: false },
    ...{ isRenumbered, temporalKeys, patchOf, seed },
    blockFrames: blockFrames === WIDEST_BLOCK ? widest : Math.min(blockFrames, widest),
    poolingWidths: pooling === "" ? null : pooling.split("-").map(Number),
    ...streamPolicies[settings.policyId].choices,
  };
}

const ofCap = ["capFrames", "keepShare", "blockFrames", "isRenumbered"] as const;
const ofTar = ["recentShare", "temporalKeys", "patchOf"] as const;

/** Rows of a lane that change something under each policy. */
export const countingRows: Readonly<Record<StreamPolicyId, readonly (keyof StreamLaneSettings)[]>> = {
  "tar+van": [...ofCap, ...ofTar, "temporalShare", "pooling"],
  tar: [...ofCap, ...ofTar],
  van: [...ofCap, "pooling"],
  reversed: [...ofCap, ...ofTar],
  "van+recent": [...ofCap, "recentShare", "pooling"],
  window: ofCap,
  uniform: ofCap,
  "uniform-frames": ofCap,
  "uniform-known": ofCap,
  random: [...ofCap, "recentShare", "seed"],
  changed: ofCap,
  rare: ofCap,
  snapkv: [...ofCap, "recentShare"],
  full: ["blockFrames", "isRenumbered"],
};

/** A question of the visitor's own, and after how many frames. */
export interface OwnQuestion {
  readonly moment: number;
  /** Without the marks: where lay the parcel last */
  readonly words: string;
}

export function writeAsked(questions: readonly OwnQuestion[]): string {
  return questions.map(({ moment, words }) => `${moment} ${words}`).join("; ");
}

/** Reads what writeAsked wrote; null for anything else. */
export function readAsked(text: string): readonly OwnQuestion[] | null {
  if (text.trim() === "") return [];
  const parsed = text.split(";").map((part) => /^\s*(\d{1,4}) ([A-Za-z]+(?: [A-Za-z]+)*)\s*$/.exec(part));
  const read = parsed.flatMap((match) => (match === null ? [] : [{ moment: Number(match[1]), words: match[2] }]));
  return read.length === parsed.length ? read : null;
}
