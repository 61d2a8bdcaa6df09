// What Watch says of a stream of frames, in English. A translation is a folder beside this one with the same names.
import type { StreamRecipe } from "../../trace/stream/streamTrace";
import type { CaptionTexts } from "./captions";

type StreamPolicyId = StreamRecipe["policyId"];

/** Who goes first, of the rules that Watch offers and of others that a link may bring. */
const goesFirst: Readonly<Partial<Record<StreamPolicyId, string>>> = {
  "tar+van": "what has not changed goes first",
  tar: "what has not changed goes first",
  reversed: "what has changed goes first",
  window: "the oldest frames go",
  uniform: "something of every frame stays",
  "uniform-frames": "every so many frames, one stays",
  random: "dice decide",
};

/** The rules to choose from. */
export const streamRules = [
  [
    "tar+van",
    {
      label: "Changes (TaR + VaN)",
      short: "Changes",
      tip: "Keeps patches that have changed since, and those whose values are long (InfiniPot-V).",
    },
  ],
  ["window", { label: "Last frames only", short: "Last", tip: "Keeps the newest frames, whatever they show." }],
  ["random", { label: "Dice", short: "Dice", tip: "Draws lots. A good rule must beat it." }],
  [
    "full",
    { label: "Nothing", short: "Nothing", tip: "Forgets nothing: the memory grows with every frame (full cache)." },
  ],
] as const satisfies readonly (readonly [StreamPolicyId, object])[];

export const streamWords = {
  memory: (frames: number) => `${frames} frames`,
  whole: "every frame",
  share: (frames: number, frameCount: number) =>
    frames < frameCount ? `${Math.round((100 * frames) / frameCount)} % of ${frameCount}` : `of ${frameCount}`,
} as const;

interface Start {
  readonly frameCount: number;
  /** Null: nothing is forgotten. */
  readonly capFrames: number | null;
  readonly capSlots: number;
}

interface Going {
  readonly policyId: StreamPolicyId;
  readonly label: string;
  readonly used: number;
  readonly gone: number;
  readonly blockFrames: number;
}

interface Asked {
  readonly moment: number;
  /** As a person reads it. */
  readonly question: string;
  readonly given: string;
  /** Null where the frames do not say. */
  readonly isRight: boolean | null;
}

interface End {
  readonly frameCount: number;
  readonly peakSlots: number;
  readonly fullSlots: number;
  readonly isEvicting: boolean;
  readonly right: number;
  readonly judged: number;
}

const number = (count: number): string => count.toLocaleString("en");

export const streamCaptionWords = {
  start({ frameCount, capFrames, capSlots }: Start): CaptionTexts {
    const shows = `A camera watches a room for ${frameCount} frames of 25 patches.`;
    const normal =
      capFrames === null
        ? `${shows} Nothing is forgotten: memory grows with every frame.`
        : `${shows} Memory has room for ${capFrames} frames: ${number(capSlots)} places in every head.`;
    const projector =
      capFrames === null ? "A camera. Nothing is forgotten." : `A camera. Memory has room for ${capFrames} frames.`;
    return { normal, projector, spoken: normal };
  },
  grows({ used }: { readonly used: number }): CaptionTexts {
    const normal = `Nothing is forgotten: ${number(used)} places are taken, and every frame takes more.`;
    return { normal, projector: `${number(used)} places, growing.`, spoken: "Nothing is forgotten: memory grows." };
  },
  full({ policyId, label, used, gone, blockFrames }: Going): CaptionTexts {
    const often = blockFrames === 1 ? "With every frame" : `Every ${blockFrames} frames`;
    const who = goesFirst[policyId] ?? `${label} decides who stays`;
    const normal = `${often} memory is full, and every head frees ${gone} of ${number(used)} places: ${who}.`;
    return { normal, projector: `Memory full, ${gone} go: ${who}.`, spoken: normal };
  },
  asked({ moment, question, given, isRight }: Asked): CaptionTexts {
    const verdict = isRight === null ? "" : isRight ? ", which is right" : ", which is wrong";
    const normal = `Asked after frame ${moment}: “${question}” It says “${given}”${verdict}.`;
    const mark = isRight === null ? "" : isRight ? " ✓" : " ✗";
    return { normal, projector: `“${question}” ${given}${mark}`, spoken: normal };
  },
  end({ frameCount, peakSlots, fullSlots, isEvicting, right, judged }: End): CaptionTexts {
    const answers = judged === 0 ? "" : ` ${right} of ${judged} questions are answered right.`;
    const instead = isEvicting ? ` instead of ${number(fullSlots)}` : "";
    const normal = `${frameCount} frames seen in ${number(peakSlots)} places${instead}.${answers}`;
    const short =
      judged === 0
        ? `${number(peakSlots)} places${instead}.`
        : `${number(peakSlots)} places${instead}; ${right} of ${judged} right.`;
    return { normal, projector: short, spoken: normal };
  },
} as const;
