// What a run would cost before anybody starts it: whether opening a link may replay its recipe by itself.
import type { Problem } from "../problems/problem";
import { tokensOf } from "../problems/problem";
import { AUTOMATIC_TOKENS, type Settings } from "../settings/settings";
import { automaticTokens } from "./problem";

export interface RecipeToWeigh {
  /** Settings of every lane, the run's own first. */
  readonly lanes: readonly Settings[];
  /** All lanes are fed the full cache's tokens, which has to run beside them. */
  readonly isForced: boolean;
  readonly problem: Problem | null;
  readonly parameterCount: number;
}

export interface RecipeCost {
  readonly type: "cheap" | "costly";
  /** Forwards of one token, prompt included, lanes and full caches added up. */
  readonly forwardCount: number;
  /** What the run takes, in plain words. */
  readonly words: string;
}

/**
 * Multiply-adds that pass for cheap: more than four lanes and the full cache take on the problem that the page begins with.
 * The CPU that recorded the shipped runs did 4e8 to 6e8 of them in a second, events included: six seconds or so.
 */
const CHEAP_MULTIPLY_ADDS = 3e9;

/** A text of the user's own beyond this many words is never run unasked. */
const LARGE_TEXT_TOKENS = 600;

export function recipeCost({ lanes, isForced, problem, parameterCount }: RecipeToWeigh): RecipeCost {
  const promptCount = tokensOf(problem?.prompt ?? lanes[0].promptText).length;
  const newTokens = (settings: Settings): number =>
    settings.maxNewTokens === AUTOMATIC_TOKENS ? automaticTokens(problem) : settings.maxNewTokens;
  const forwardsOf = (settings: Settings): number => promptCount + newTokens(settings);
  const besideCount = isForced ? 1 : lanes.filter(({ hasShadow }) => hasShadow).length;
  const longest = Math.max(...lanes.map(forwardsOf));
  const forwardCount =
    lanes.reduce((sum, settings) => sum + forwardsOf(settings), 0) +
    (isForced ? longest : lanes.reduce((sum, lane) => sum + (lane.hasShadow ? forwardsOf(lane) : 0), 0));
  const isLargeText = problem === null && promptCount > LARGE_TEXT_TOKENS;
  const isCheap = forwardCount * parameterCount <= CHEAP_MULTIPLY_ADDS && !isLargeText;
  return {
    type: isCheap ? "cheap" : "costly",
    forwardCount,
    words: [
      `up to ${written(longest - promptCount)} tokens after ${written(promptCount)} of the prompt`,
      ...(lanes.length > 1 ? [`in ${lanes.length} lanes`] : []),
      ...(besideCount > 0 ? ["compared with the full cache"] : []),
      `with ${written(parameterCount / 1e6)} million parameters`,
    ].join(", "),
  };
}

function written(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
