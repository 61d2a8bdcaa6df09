// The command line of `npm run decode`, parsed into a record.

import { parseArgs } from "node:util";
import type { BitsTarget } from "../../src/experiment/bitsSearch";
import { errorMessage, InputError } from "../../src/lib/errors";
import { parseSpans, type Span } from "../../src/lib/spans";
import { policies, policyById } from "../../src/policy/policies";
import type { Policy, PolicyParameters } from "../../src/policy/policy";
import type { Sampling } from "../../src/model/sampling";
import { parameterFlags, parametersFromFlags, parseNumber } from "./parameterFlags";
import { curatedProblems, idForms } from "../../src/problems/families";
import { shippedFolder } from "../shippedFolder";

export interface DecodeOptions {
  readonly modelFolder: string;
  readonly problem: string | null;
  readonly prompt: string | null;
  readonly policy: Policy;
  readonly parameters: PolicyParameters;
  /** Tokens of the prompt that stay. */
  readonly kept: readonly Span[];
  /** Null: those of the problem. */
  readonly instructions: readonly Span[] | null;
  readonly sampling: Sampling;
  /** Null: as many as the model's positions allow, up to a limit. */
  readonly maxNewTokens: number | null;
  readonly backend: "cpu" | "gpu";
  readonly traceFile: string | null;
  readonly output: "text" | "json" | "quiet";
  readonly showsEvents: boolean;
  /** The full cache is fed the same tokens, and the summary says how far the run is from it. */
  readonly isCompared: boolean;
  /** Instead of a run: the search for the bits of each layer. */
  readonly bitsTarget: BitsTarget | null;
}

const ownFlags = {
  model: { type: "string", default: shippedFolder },
  problem: { type: "string" },
  prompt: { type: "string" },
  policy: { type: "string", default: "gkv" },
  keep: { type: "string", default: "" },
  instructions: { type: "string" },
  temperature: { type: "string", default: "0" },
  "top-p": { type: "string", default: "1" },
  "top-k": { type: "string", default: "0" },
  seed: { type: "string", default: "0" },
  "max-new": { type: "string" },
  backend: { type: "string", default: "cpu" },
  trace: { type: "string" },
  json: { type: "boolean", default: false },
  quiet: { type: "boolean", default: false },
  events: { type: "boolean", default: false },
  shadow: { type: "boolean", default: false },
  "search-bits": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

export const usage = `Usage: npm run decode -- [--problem P | --prompt TEXT] [--policy ID] [--budget B] …
  --problem P      a number from 1 to ${curatedProblems.length}, an id (${idForms}),
                   FILE.jsonl:LINE, FILE.jsonl:ID, or @FILE for the text of a file; 1 if neither it nor --prompt is given
                   (the embedded model solves problems of these families; its words are theirs)
  --prompt TEXT    a text of your own
  --model PLACE    folder in Hugging Face layout, or a GGUF file (${ownFlags.model.default})
  --policy ID      ${policies.map(({ id }) => id).join(", ")}
${parameterFlags.map(({ flag, help }) => `  ${`--${flag}`.padEnd(16)} ${help}`).join("\n")}
  --keep SPANS     tokens of the prompt that are never evicted, by their places from 0: 3-9,12
  --instructions SPANS  spans that share the budget fairly (those of the problem; see --fair-share)
  --temperature T  0 = greedy (0)          --top-p P  (1)      --top-k K  0 = all (0)
  --seed N         of sampling and of random eviction (0)
  --max-new N      tokens to generate at most
  --backend NAME   cpu or gpu (cpu)
  --trace FILE     writes the run file
  --shadow         feeds the run's tokens to the full cache as well and says what eviction changed
  --search-bits T  instead of the run, searches bits for each layer, nothing evicted: kl=0.001 finds the fewest bytes
                   within so many nats per token, bytes=60000 the least KL within so many; needs a --storage with bits
  --events         a line per eviction      --quiet  the summary only      --json  one JSON object instead`;

/** Null when help was asked for. Throws InputError with the usage for anything it does not know. */
export function parseOptions(argv: readonly string[]): DecodeOptions | null {
  const texts = parseFlags(argv);
  if (texts.help === true) return null;
  const text = (flag: string): string | undefined => {
    const value = texts[flag];
    return typeof value === "string" ? value : undefined;
  };
  const number = (flag: keyof typeof ownFlags): number => parseNumber(text(flag) ?? "", flag);
  const policy = policyById(text("policy") ?? "");
  const seed = number("seed");
  if (text("problem") !== undefined && text("prompt") !== undefined) {
    throw new InputError("give --problem or --prompt, not both");
  }
  return {
    modelFolder: text("model") ?? "",
    problem: text("prompt") === undefined ? (text("problem") ?? "1") : null,
    prompt: text("prompt") ?? null,
    policy,
    parameters: parametersFromFlags(
      policy,
      Object.fromEntries(parameterFlags.map(({ flag }) => [flag, text(flag)])),
      seed,
    ),
    kept: parseSpans(text("keep") ?? ""),
    instructions: text("instructions") === undefined ? null : parseSpans(text("instructions") ?? ""),
    sampling: { temperature: number("temperature"), topP: number("top-p"), topK: number("top-k"), seed },
    maxNewTokens: text("max-new") === undefined ? null : number("max-new"),
    backend: parseBackend(text("backend")),
    traceFile: text("trace") ?? null,
    output: texts.json === true ? "json" : texts.quiet === true ? "quiet" : "text",
    showsEvents: texts.events === true,
    isCompared: texts.shadow === true,
    bitsTarget: parseBitsTarget(text("search-bits")),
  };
}

function parseFlags(argv: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const parameters = Object.fromEntries(parameterFlags.map(({ flag }) => [flag, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...argv], options: { ...parameters, ...ownFlags } }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

function parseBitsTarget(words: string | undefined): BitsTarget | null {
  if (words === undefined) return null;
  const [, name, value] = /^(kl|bytes)=(.+)$/.exec(words) ?? [];
  const bound = Number(value);
  if (name === undefined || !(bound > 0)) {
    throw new InputError(`--search-bits is "${words}", expected kl=NATS or bytes=BYTES, above 0`);
  }
  return name === "kl" ? { type: "fewestBytes", mostKlNats: bound } : { type: "leastKl", mostBytes: bound };
}

function parseBackend(name: string | undefined): "cpu" | "gpu" {
  if (name === "cpu" || name === "gpu") return name;
  throw new InputError(`--backend is "${String(name)}", expected cpu or gpu`);
}
