// The further controls of a policy, by the part of the method that they decide, in the order of the line that sums it up
// (methodWords.ts).
import type { SettingId } from "../../settings/settings";

interface MethodPart {
  readonly title: string;
  readonly ids: readonly SettingId[];
}

const fixedParts: readonly MethodPart[] = [
  { title: "Always kept", ids: ["sinkSlots", "isPromptProtected", "keptSpans"] },
  {
    title: "Budget and share",
    ids: [
      ...(["budgetMode", "safeguard", "pyramidBeta", "pyramidCount"] as const),
      ...(["roleBeta", "roleTemperature", "roleJoin", "instructionSpans", "fairShare", "fairRule"] as const),
    ],
  },
  { title: "Events", ids: ["schedule", "compressRatio", "grouping", "groupingSlots"] },
  {
    title: "What becomes of the evicted",
    ids: [
      ...(["merging", "mergeThreshold", "mergeScores", "mergeAlpha"] as const),
      ...(["mergeFallback", "mergeFraction", "mergeSpread"] as const),
    ],
  },
  {
    title: "How the kept are stored and read",
    ids: [
      ...(["departure", "storage", "weakChannels", "keyBits", "valueBits", "layerBits"] as const),
      ...(["groupNumbers", "groupAxis", "isSymmetric", "residualSlots"] as const),
      ...(["reading", "readingRank", "readingScoreRank", "readingSlots"] as const),
      ...(["readingSinks", "readingRecent", "readingSets", "readingDense"] as const),
    ],
  },
];

/** Parts that have some of these controls, each in the order given. What no part names belongs to the score. */
export function methodParts(ids: readonly SettingId[]): readonly MethodPart[] {
  const isNamed = (id: SettingId): boolean => fixedParts.some((part) => part.ids.includes(id));
  const score = { title: "Score", ids: ids.filter((id) => !isNamed(id)) };
  const others = fixedParts.map(({ title, ids: own }) => ({ title, ids: ids.filter((id) => own.includes(id)) }));
  return [score, ...others].filter((part) => part.ids.length > 0);
}
