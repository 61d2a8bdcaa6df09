// What every panel of a stream reads: its lanes, the moment on show, and what is looked at in it. Facts alone; panels compute the rest.
import { counted } from "../../lib/counted";
import { streamPolicies, type StreamChoices } from "../../policy/streamChoices";
import { heldByHead, heldShares } from "../../trace/stream/streamReplay";
import { frameTokensOf, type AskedQuestion, type StreamRecipe, type StreamTrace } from "../../trace/stream/streamTrace";
import type { Provenance } from "../../ui/Panel";
import type { Theme } from "../../ui/scale";

/** An answer of a lane. */
export interface AnswerAt {
  readonly lane: number;
  /** Among the answers of the lane's trace. */
  readonly answer: number;
}

export interface StreamShown {
  /** Of one stream, each under its own rule. At least one */
  readonly lanes: readonly StreamTrace[];
  readonly stageLane: number;
  /** Changes whenever a trace has grown, since traces stay the same objects. */
  readonly version: number;
  /** Frames that the camera has shown so far. */
  readonly arrived: number;
  /** Frames seen: the clock. */
  readonly seen: number;
  /** The frame in the picture, one that was seen. */
  readonly frame: number;
  /** The head on show; null for all of them. [layer][kvHead] */
  readonly head: number | null;
  /** The answer whose looks are drawn. */
  readonly look: AnswerAt | null;
  readonly provenance: Provenance;
  readonly theme: Theme;
}

export interface StreamHandlers {
  readonly onSeen: (seen: number) => void;
  readonly onFrame: (frame: number) => void;
  readonly onHead: (head: number | null) => void;
  readonly onStageLane: (lane: number) => void;
  readonly onLook: (look: AnswerAt | null) => void;
}

/** Share of the heads that hold each token of the frames seen, or 0 and 1 for one head. Frames of an open block are still to be compressed. [frame × T + token] */
export function sharesSeen(trace: StreamTrace, seen: number, head: number | null): ArrayLike<number> {
  const held = head === null ? heldShares(trace, seen) : heldByHead(trace, seen, head);
  const shares = new Float32Array(seen * frameTokensOf(trace)).fill(1);
  shares.set(held.length > shares.length ? held.subarray(0, shares.length) : held);
  return shares;
}

/** The question that the answer on show was given to. */
export function askedAt(lanes: readonly StreamTrace[], look: AnswerAt | null): AskedQuestion | null {
  return look === null ? null : (lanes[look.lane]?.answers.at(look.answer)?.asked ?? null);
}

/** What lanes of one policy may differ in, in words. */
const markOf: { readonly [Choice in keyof StreamChoices]?: (choices: StreamChoices) => string } = {
  temporalShare: ({ temporalShare }) => `α ${temporalShare}`,
  recentShare: ({ recentShare }) => `r ${recentShare}`,
  poolingWidths: ({ poolingWidths }) => (poolingWidths === null ? "no pooling" : `pooling ${poolingWidths.join("-")}`),
  isRenumbered: ({ isRenumbered }) => (isRenumbered ? "renumbered" : "original positions"),
  temporalKeys: ({ temporalKeys }) => (temporalKeys === "afterRope" ? "keys after RoPE" : "keys before RoPE"),
  patchOf: ({ patchOf }) => `patch of the ${patchOf}`,
  seed: ({ seed }) => `seed ${seed}`,
};

/** What the lanes are called: the policy, and what else tells them apart. [lane] */
export function streamLaneNames(lanes: readonly StreamTrace[]): readonly string[] {
  return namesOfRecipes(lanes.map(({ header }) => header.recipe));
}

/** The same of lanes that are yet to be watched. */
export function namesOfRecipes(recipes: readonly Pick<StreamRecipe, "policyId" | "choices">[]): readonly string[] {
  const capped = recipes.flatMap(({ choices }) => (choices.capFrames === null ? [] : [choices]));
  return recipes.map(({ policyId, choices }) => {
    if (choices.capFrames === null) return streamPolicies[policyId].label;
    const twins = recipes.filter((recipe) => recipe.policyId === policyId).map((recipe) => recipe.choices);
    const { capFrames, keepFrames, blockFrames } = choices;
    // Another |M| or |C| brings other blocks by itself.
    const sameMemory = twins.filter((twin) => twin.capFrames === capFrames && twin.keepFrames === keepFrames);
    const marks = [
      differs(capped, (one) => one.capFrames) && `|M| ${capFrames}`,
      differs(capped, (one) => one.keepFrames) && `|C| ${keepFrames}`,
      differs(sameMemory, (one) => one.blockFrames) && `blocks of ${counted(blockFrames, "frame")}`,
      ...Object.values(markOf).map((mark) => differs(twins, mark) && mark(choices)),
    ];
    return [streamPolicies[policyId].label, ...marks.filter((mark) => mark !== false)].join(", ");
  });
}

function differs(all: readonly StreamChoices[], of: (choices: StreamChoices) => unknown): boolean {
  return new Set(all.map(of)).size > 1;
}
