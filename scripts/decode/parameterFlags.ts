// The command line's names of the policy parameters: flags to choices, checked for type here and for range by the run.

import { InputError } from "../../src/lib/errors";
import { effectiveParameters } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";

type ParameterName = keyof PolicyParameters;
type ParameterChoice = PolicyParameters[ParameterName];

interface ParameterFlag {
  readonly flag: string;
  readonly name: ParameterName;
  readonly help: string;
  readonly parse: (text: string, flag: string) => ParameterChoice;
}

/** `seed` is missing: --seed is the seed of everything. */
export const parameterFlags: readonly ParameterFlag[] = [
  { flag: "budget", name: "budgetSlots", help: "B, slots kept per layer and KV head", parse: parseNumber },
  { flag: "window", name: "windowSlots", help: "w, newest tokens that vote and always stay", parse: parseNumber },
  { flag: "interval", name: "intervalSteps", help: "s, forwards between events", parse: parseNumber },
  { flag: "budget-mode", name: "budgetMode", help: "budget or ratio", parse: oneOf("budget", "ratio") },
  { flag: "compress-ratio", name: "compressRatio", help: "ρ of ratio mode", parse: parseNumber },
  { flag: "alpha", name: "alpha", help: "α, decay of the carried score", parse: parseNumber },
  { flag: "lambda", name: "lambda", help: "λ, attention against redundancy", parse: parseNumber },
  { flag: "smoothing", name: "smoothing", help: "none, max, mean or sum", parse: oneOf("none", "max", "mean", "sum") },
  { flag: "normalised", name: "isNormalised", help: "true or false", parse: parseFlag },
  { flag: "pooling", name: "poolingSlots", help: "width of the max-pool, odd; 1 = none", parse: parseNumber },
  { flag: "redundancy", name: "redundancy", help: "none, kernel or raw", parse: oneOf("none", "kernel", "raw") },
  { flag: "shift-gamma", name: "shiftGamma", help: "γ, weight of the attention shift", parse: parseNumber },
  { flag: "group-pooling", name: "groupPooling", help: "max or mean over a group", parse: oneOf("max", "mean") },
  { flag: "sinks", name: "sinkSlots", help: "oldest slots that always stay", parse: parseNumber },
  { flag: "protect-prompt", name: "isPromptProtected", help: "true or false", parse: parseFlag },
];

type FlagTexts = Readonly<Record<string, string | undefined>>;

/**
 * The parameters in force for a policy under the flags given. Throws InputError for a flag that the policy does not
 * read, and for a value that cannot stand beside the others: a script should hear of it, not run something else.
 */
export function parametersFromFlags(policy: Policy, texts: FlagTexts, seed: number): PolicyParameters {
  const choices = new Map<ParameterName, ParameterChoice>();
  for (const { flag, name, parse } of parameterFlags) {
    const text = texts[flag];
    if (text === undefined) continue;
    if (!policy.uses.includes(name)) {
      const used = parameterFlags.filter((other) => policy.uses.includes(other.name)).map((other) => `--${other.flag}`);
      throw new InputError(`${policy.id} does not use --${flag}; it reads ${used.join(", ") || "no parameter"}`);
    }
    choices.set(name, parse(text, flag));
  }
  const parameters = effectiveParameters(policy, { ...Object.fromEntries(choices), seed });
  for (const { flag, name } of parameterFlags) {
    const chosen = choices.get(name);
    if (chosen === undefined || chosen === parameters[name]) continue;
    throw new InputError(
      `--${flag} ${String(chosen)} cannot stand with a budget of ${parameters.budgetSlots} and a window of ` +
        `${parameters.windowSlots}; the nearest that can is ${String(parameters[name])}`,
    );
  }
  return parameters;
}

/** A finite number; ranges are checked where the run begins. */
export function parseNumber(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InputError(`--${flag} is "${text}", expected a number`);
}

function parseFlag(text: string, flag: string): boolean {
  return oneOf("true", "false")(text, flag) === "true";
}

function oneOf<Value extends string>(...values: readonly Value[]): (text: string, flag: string) => Value {
  return (text, flag) => {
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw new InputError(`--${flag} is "${text}", expected ${values.join(", ")}`);
  };
}
