// The parameters on the command line: flags and their help from the table of parameters, texts to choices, checked here.

import { InputError } from "../../src/lib/errors";
import {
  acceptedValue,
  countsBeside,
  expectedWords,
  parameterNames,
  parameterRow,
  parameterTable,
  type ParameterName,
  type ParameterValue,
} from "../../src/policy/parameters";
import type { ParameterRow } from "../../src/policy/parameterRow";
import { effectiveParameters, overruledWords } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";

interface ParameterFlag {
  readonly flag: string;
  readonly name: ParameterName;
  readonly help: string;
}

/** `seed` is missing: --seed is the seed of everything. */
export const parameterFlags: readonly ParameterFlag[] = parameterNames
  .filter((name) => name !== "seed")
  .map((name) => ({ flag: parameterRow(name).flag, name, help: flagHelp(parameterRow(name)) }));

/** "α: how much of a remembered score is left at the next event (a number from 0 to 1)" */
function flagHelp(row: ParameterRow): string {
  const help = `${row.help[0].toLowerCase()}${row.help.slice(1).replace(/\.$/, "")}`;
  return `${row.symbol === undefined ? "" : `${row.symbol}: `}${help} (${expectedWords(row)})`;
}

type FlagTexts = Readonly<Record<string, string | undefined>>;

/**
 * The parameters in force for a policy under the flags given; the slots of a budget in bytes are settled on the model. Throws
 * InputError for a flag that the policy does not read, and for a value that cannot be in force: a script should fail rather than
 * run something else.
 */
export function parametersFromFlags(policy: Policy, texts: FlagTexts, seed: number): PolicyParameters {
  const choices = new Map<ParameterName, ParameterValue>();
  for (const { flag, name } of parameterFlags) {
    const text = texts[flag];
    if (text === undefined) continue;
    if (!policy.uses.includes(name)) {
      const used = parameterFlags.filter((other) => policy.uses.includes(other.name)).map((other) => `--${other.flag}`);
      throw new InputError(`${policy.id} does not use --${flag}; it reads ${used.join(", ") || "no parameter"}`);
    }
    choices.set(name, parseValue(parameterRow(name), text));
  }
  // How many slots a budget in bytes holds depends on the model: nothing is too large for it yet.
  const open = choices.get("budgetMode") === "bytes" ? { budgetSlots: parameterTable.budgetSlots.range.most } : {};
  const parameters = effectiveParameters(policy, { ...Object.fromEntries(choices), ...open, seed });
  for (const [name, chosen] of choices) {
    const words = overruledWords(name, chosen, parameters);
    if (words === null) continue;
    const nearest = countsBeside(name, parameters) ? `; the nearest that works is ${String(parameters[name])}` : "";
    throw new InputError(`--${parameterRow(name).flag} ${String(chosen)} ${words}${nearest}`);
  }
  return parameters;
}

/** A finite number; ranges are for the caller to check. */
export function parseNumber(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InputError(`--${flag} is "${text}", expected a number`);
}

function parseValue(row: ParameterRow, text: string): ParameterValue {
  if (row.type === "number") return parseNumber(text, row.flag);
  const value = row.type === "flag" && /^(true|false)$/.test(text) ? text === "true" : text;
  if (acceptedValue(row, value) === value) return value;
  throw new InputError(`--${row.flag} is "${text}", expected ${expectedWords(row)}`);
}
