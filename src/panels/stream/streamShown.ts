// What every panel of a stream reads: its lanes, the moment on show, and what is looked at in it. Facts alone; panels compute the rest.
import { streamPolicies } from "../../policy/streamChoices";
import { heldByHead, heldShares } from "../../trace/stream/streamReplay";
import { frameTokensOf, type StreamTrace } from "../../trace/stream/streamTrace";
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

/** What the lanes are called: the policy, and what else tells them apart. [lane] */
export function streamLaneNames(lanes: readonly StreamTrace[]): readonly string[] {
  const recipes = lanes.map(({ header }) => header.recipe);
  const differs = (of: (recipe: (typeof recipes)[number]) => unknown): boolean =>
    new Set(recipes.filter(({ choices }) => choices.capFrames !== null).map(of)).size > 1;
  return recipes.map(({ policyId, choices }) => {
    if (choices.capFrames === null) return streamPolicies[policyId].label;
    const marks = [
      differs((one) => one.choices.capFrames) && `|M| ${choices.capFrames}`,
      differs((one) => one.choices.keepFrames) && `|C| ${choices.keepFrames}`,
      isTwin(policyId, "temporalShare") && `α ${choices.temporalShare}`,
      isTwin(policyId, "recentShare") && `r ${choices.recentShare}`,
      isTwin(policyId, "isRenumbered") && (choices.isRenumbered ? "renumbered" : "original positions"),
      isTwin(policyId, "temporalKeys") &&
        (choices.temporalKeys === "afterRope" ? "keys after RoPE" : "keys before RoPE"),
      isTwin(policyId, "patchOf") && `patch of the ${choices.patchOf}`,
      isTwin(policyId, "seed") && `seed ${choices.seed}`,
    ].filter((mark) => mark !== false);
    return [streamPolicies[policyId].label, ...marks].join(", ");
  });

  /** Lanes of one policy that differ in this. */
  function isTwin(policyId: string, choice: keyof (typeof recipes)[number]["choices"]): boolean {
    const same = recipes.filter((recipe) => recipe.policyId === policyId);
    return new Set(same.map(({ choices }) => choices[choice])).size > 1;
  }
}
