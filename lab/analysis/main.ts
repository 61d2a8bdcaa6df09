// npm run analyse -- --family story --policy gkv,snapKv --budget 35%: what runs read from their facts, and whether the fact
// was still in the cache. Prints Markdown.

import { parseArgs } from "node:util";
import type { OpenedModel } from "../openModel";
import { openModel } from "../openModel";
import { recordRecipe } from "../recordTrace";
import { budgetSlots, parseBudget } from "../eval/budget";
import type { FactPlace, FactReads, ReadingHeads } from "./factReads";
import { factReads, heldShares, mistakesOf, readersOf } from "./factReads";
import { evictionSeed } from "../eval/evaluate";
import { errorMessage, InputError } from "../../src/lib/errors";
import { greedySampling } from "../../src/model/sampling";
import { effectiveParameters, policies, policyById } from "../../src/policy/policies";
import type { PolicyParameters } from "../../src/policy/policy";
import { problemLinks } from "../../src/problems/factLinks";
import type { Problem } from "../../src/problems/problem";
import { tokensOf } from "../../src/problems/problem";
import { drawFamily, parseFamilyRequest } from "../eval/problemSet";
import { parseCount, parseSeed } from "../eval/options";
import { shippedFolder } from "../../scripts/shippedFolder";

const flags = {
  model: { type: "string", default: shippedFolder },
  family: { type: "string" },
  difficulty: { type: "string" },
  knobs: { type: "string" },
  count: { type: "string", default: "20" },
  seed: { type: "string", default: "900000" },
  policy: { type: "string", default: "gkv" },
  budget: { type: "string", default: "25%" },
  window: { type: "string", default: "16" },
  interval: { type: "string", default: "16" },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run analyse -- --family walk|diary|story|orders [--policy P,P] [--budget B] …
  --policy P,P     ${policies.map(({ id }) => id).join(", ")} (${flags.policy.default})
  --budget B       slots (96), or a share of the mean full length (${flags.budget.default})
  --window W, --interval S   (${flags.window.default}, ${flags.interval.default})
  --model DIR      folder in Hugging Face layout (${flags.model.default})
  --difficulty D, --knobs K, --count N, --seed S   as for npm run eval (full, ${flags.count.default}, ${flags.seed.default})
Every word of the reasoning that is read from a fact is followed: which head looks at the fact, and whether that head
still holds it. Runs are followed to their first mistake.`;

export async function main(argv: string[]): Promise<number> {
  try {
    const values = parseFlags(argv);
    if (values.help || values.family === undefined) {
      console.log(usage);
      return values.help ? 0 : 2;
    }
    await analyse({ ...values, family: values.family });
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
}

const placeNames: Readonly<Record<FactPlace, string>> = { summary: "at its full stop", source: "at the word itself" };

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

interface AnalysisTexts {
  readonly model: string;
  readonly family: string;
  readonly difficulty?: string;
  readonly knobs?: string;
  readonly count: string;
  readonly seed: string;
  readonly policy: string;
  readonly budget: string;
  readonly window: string;
  readonly interval: string;
}

async function analyse(texts: AnalysisTexts): Promise<void> {
  const { family, difficulty, knobs } = texts;
  const seed = parseSeed(texts.seed);
  const problems = drawFamily(
    parseFamilyRequest({ family, difficulty, knobs, seed, count: parseCount(texts.count, "count") }),
  );
  const engine = await openModel(texts.model);
  const lengths = problems.map(({ prompt, trace }) => tokensOf(`${prompt} ${trace}`).length);
  const slots = budgetSlots(parseBudget(texts.budget), lengths);
  const choices = {
    budgetSlots: slots,
    windowSlots: parseCount(texts.window, "window"),
    intervalSteps: parseCount(texts.interval, "interval"),
    seed,
  };
  const full = await runAll(engine, problems, { policyId: "fullCache", choices: {} });
  const readers = { prompt: readersOf(full, true), reasoning: readersOf(full, false) };
  const { kvHeadCount } = engine.summary;
  const name = (head: number): string => `layer ${Math.floor(head / kvHeadCount)} KV head ${head % kvHeadCount}`;
  console.log(
    `### ${family}: ${problems.length} problems, ${slots} slots, w = ${texts.window}, s = ${texts.interval}\n`,
  );
  for (const [place, found] of Object.entries(readers)) {
    if (found.length === 0) continue;
    const strongest = found
      .slice(0, 4)
      .map(({ head, place: at, attention }) => `${name(head)} ${placeNames[at]} ${percent(attention)}`);
    console.log(`Attention to a fact of the ${place} when a word of it is written: ${strongest.join(", ")}.`);
  }
  const heads: ReadingHeads = { prompt: readers.prompt.at(0) ?? null, reasoning: readers.reasoning.at(0) ?? null };
  const columns: { label: string; runs: FactReads[] }[] = [];
  for (const policyId of texts.policy.split(",")) {
    const { label } = policyById(policyId);
    columns.push({ label, runs: await runAll(engine, problems, { policyId, choices }) });
  }
  console.log(`\n${markdownTable(columns, heads)}\n`);
}

interface RunChoice {
  readonly policyId: string;
  readonly choices: Partial<PolicyParameters>;
}

async function runAll(engine: OpenedModel, problems: readonly Problem[], choice: RunChoice): Promise<FactReads[]> {
  const found: FactReads[] = [];
  for (const problem of problems) {
    const words = tokensOf(`${problem.prompt} ${problem.trace}`);
    const promptCount = engine.loaded.tokenizer.encode(problem.prompt).length;
    const seed = evictionSeed(choice.choices.seed ?? 0, problem.prompt);
    const recipe = {
      promptText: problem.prompt,
      expectedAnswer: problem.answer,
      policyId: choice.policyId,
      parameters: effectiveParameters(policyById(choice.policyId), { ...choice.choices, seed }),
      sampling: greedySampling,
      maxNewTokens: words.length - promptCount,
      hasTaps: choice.policyId === "fullCache",
    };
    found.push(factReads(await recordRecipe(engine, recipe), problemLinks(problem), words));
    process.stderr.write(`\r${choice.policyId} ${found.length} of ${problems.length} `);
  }
  process.stderr.write("\n");
  return found;
}

function markdownTable(columns: readonly { label: string; runs: readonly FactReads[] }[], heads: ReadingHeads): string {
  const shares = columns.map(({ runs }) => heldShares(runs, heads));
  const mistakes = columns.map(({ runs }) => mistakesOf(runs, heads));
  const labels = [...new Set(shares.flatMap((rows) => rows.map(({ label }) => label)))];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...columns.map(({ label }) => label)]),
    line(["---", ...columns.map(() => "---:")]),
    ...labels.map((label) =>
      line([
        `held: ${label}`,
        ...shares.map((rows) => {
          const row = rows.find((candidate) => candidate.label === label);
          return row === undefined ? "" : `${percent(row.held)} of ${row.reads}`;
        }),
      ]),
    ),
    line(["runs with a mistake", ...mistakes.map(({ wrong, runs }) => `${wrong} of ${runs}`)]),
    line(["… first at a word read from a fact", ...mistakes.map(({ atRead }) => String(atRead))]),
    line(["… whose fact the reading head had evicted", ...mistakes.map(({ factGone }) => String(factGone))]),
  ].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
