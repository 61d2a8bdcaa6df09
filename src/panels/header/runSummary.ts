// What one line can say about a run: its numbers in force, whether the settings would give the same run, its answer.
import type { RunRecipe } from "../../state/recipe";
import { givenAnswer, judgeAnswer } from "../../problems/judge";
import { policyOf } from "../../settings/inForce";
import { writtenValue } from "../../settings/rowValue";
import { settingRow, settingTable } from "../../settings/settings";
import { generatedText } from "../../trace/figures";
import type { Trace, TraceHeader } from "../../trace/trace";

export type Verdict =
  | { readonly type: "right" | "wrong" | "open"; readonly expected: string; readonly given: string | null }
  /** Nobody knows the right answer. */
  | { readonly type: "unknown" };

/** On the text up to a step; while the run has more to say, a missing answer is open. */
export function runVerdict(trace: Trace, step: number, isEnd: boolean): Verdict {
  const { expectedAnswer } = trace.header;
  if (expectedAnswer === null) return { type: "unknown" };
  const text = generatedText(trace, step);
  const verdict = judgeAnswer(text, expectedAnswer);
  const type = verdict === "unfinished" ? (isEnd ? "wrong" : "open") : verdict;
  return { type, expected: expectedAnswer, given: givenAnswer(text) };
}

const shownParameters = ["budgetSlots", "windowSlots", "intervalSteps", "alpha", "lambda"] as const;
const symbols = { budgetSlots: "B", windowSlots: "w", intervalSteps: "s", alpha: "α", lambda: "λ" } as const;

/** "G-KV: B 96, w 16, s 16, α 0.8, λ 0.5", and whatever else the user set apart from the policy's own values. */
export function runParameters(header: TraceHeader): string {
  const { uses, defaults } = policyOf(header.policyId);
  const main = shownParameters
    .filter((name) => uses.includes(name))
    .map((name) => `${symbols[name]} ${String(header.parameters[name])}`);
  const others = uses
    .filter((name) => !(shownParameters as readonly string[]).includes(name))
    .filter((name) => name in header.parameters)
    .filter((name) => header.parameters[name] !== (defaults[name] ?? settingTable[name].default))
    .map(
      (name) => `${settingTable[name].label.toLowerCase()} ${writtenValue(settingRow(name), header.parameters[name])}`,
    );
  const { temperature, seed } = header.sampling;
  const sampling = temperature === 0 ? [] : [`temperature ${temperature}`, `seed ${seed}`];
  const figures = [...main, ...others, ...sampling];
  return figures.length === 0 ? header.policyLabel : `${header.policyLabel}: ${figures.join(", ")}`;
}

/** Whether a run with this header is what the recipe would give: same text, same policy, same numbers where they matter. */
export function isRunOf(recipe: RunRecipe, header: TraceHeader): boolean {
  const { uses } = policyOf(recipe.policyId);
  const { temperature, topP, topK, seed } = recipe.sampling;
  const isSameSampling =
    temperature === header.sampling.temperature &&
    (temperature === 0 ||
      (topP === header.sampling.topP && topK === header.sampling.topK && seed === header.sampling.seed));
  return (
    recipe.promptText === header.promptText &&
    recipe.policyId === header.policyId &&
    uses.every((name) => recipe.parameters[name] === header.parameters[name]) &&
    isSameSampling
  );
}
