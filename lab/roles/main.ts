// npm run roles -- --model M: which query heads look at what an answer is read from (docs/methods.md, "Head roles"). Writes
// roles.json next to the weights; same model, same options, same file.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { shippedFolder } from "../../scripts/shippedFolder";
import { errorMessage, InputError } from "../../src/lib/errors";
import type { HeadRoles, RoleBudgets } from "../../src/model/headRoles";
import { parseHeadRoles, rolesFileName } from "../../src/model/headRoles";
import { shippedModels } from "../../src/settings/shippedModels";
import { stepReadings } from "../../src/trace/infScore";
import type { StepReading } from "../../src/trace/infScore";
import { parseBackend, parseCount, parseSeed } from "../eval/options";
import { openModel } from "../openModel";
import { compareShares } from "./budgetTrials";
import type { Trial } from "./measureRoles";
import { measureText } from "./measureRoles";
import { drawNeedleTexts } from "./needleTrials";
import { rolesFile } from "./rolesFile";

const flags = {
  model: { type: "string", default: shippedFolder },
  texts: { type: "string", default: "240" },
  seed: { type: "string", default: "700000" },
  top: { type: "string", default: "10" },
  reading: { type: "string", default: "firstLength" },
  backend: { type: "string", default: "cpu" },
  out: { type: "string" },
  budgets: { type: "boolean", default: false },
  resume: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const usage = `Usage: npm run roles -- [--model M] …
  --model M        a folder in Hugging Face layout, or the id of a shipped model (${flags.model.default})
  --texts N        texts, of all families in turn, from easy to full difficulty (${flags.texts.default})
  --seed S         of the first text (${flags.seed.default})
  --top K          positions that count as attended to (${flags.top.default})
  --reading R      ${stepReadings.join(", ")}: which words of an answer count (${flags.reading.default})
  --backend NAME   cpu or gpu (${flags.backend.default})
  --out FILE       (${rolesFileName} in the model's folder)
  --budgets        also compares a uniform share with a share by role, at the same slots in total (half an hour)
  --resume FILE    of --budgets: keeps a result per line; what stands there is not run again
The model is fed the texts of its own families. Where it writes a word that is copied from an earlier sentence (surface), or
worked out from one (logic), the attention of every query head to that sentence is scored.`;

export async function main(argv: string[]): Promise<number> {
  try {
    const values = parseFlags(argv);
    if (values.help) console.log(usage);
    else await measure(values);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags }).values;
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

async function measure(values: ReturnType<typeof parseFlags>): Promise<void> {
  const shipped = shippedModels.find(({ id }) => id === values.model);
  const folder = shipped === undefined ? values.model : `public/models/${shipped.id}`;
  const model = await openModel(folder, parseBackend(values.backend));
  const choices = { topCount: parseCount(values.top, "top"), reading: parseReading(values.reading) };
  const texts = drawNeedleTexts(parseCount(values.texts, "texts"), parseSeed(values.seed));
  const trials: Trial[] = [];
  for (const [at, text] of texts.entries()) {
    trials.push(...(await measureText(model, text, choices)));
    process.stderr.write(`\r${at + 1} of ${texts.length} texts, ${trials.length} trials `);
  }
  process.stderr.write("\n");
  if (!trials.some(({ isRight }) => isRight)) {
    throw new InputError(`${folder} wrote no answer right; roles need a model that solves the page's problems`);
  }
  const given = (["texts", "seed", "top", "reading"] as const).filter((flag) => values[flag] !== flags[flag].default);
  const command = [
    ...["npm run roles -- --model", model.summary.id, ...(values.budgets ? ["--budgets"] : [])],
    ...given.map((flag) => `--${flag} ${values[flag]}`),
  ];
  const file = values.out ?? path.join(folder, rolesFileName);
  const write = async (budgets: RoleBudgets | null): Promise<HeadRoles> => {
    const facts = { ...choices, model: model.summary, command: command.join(" "), budgets };
    const text = JSON.stringify(rolesFile(trials, facts));
    const parsed = parseHeadRoles(text, file, model.summary);
    await writeFile(file, `${text}\n`);
    return parsed;
  };
  const roles = await write(null);
  // Shares by role are computed from the file just written.
  if (values.budgets) await write(await compareShares(folder, values.resume ?? null));
  for (const { kind, label, askedCount, trialCount, infScore, ...needle } of roles.tasks) {
    const heads = infScore.flatMap((scores, layer) =>
      scores.map((score, head) => ({ score, name: `${layer}.${head}` })),
    );
    const best = heads.sort((one, other) => other.score - one.score).slice(0, 4);
    console.log(
      `${kind} ${label}: ${trialCount} of ${askedCount} right, depth ${needle.lowestDepth} to ${needle.highestDepth}, ` +
        `${needle.meanDistance} tokens before; ` +
        best.map(({ name, score }) => `head ${name} ${score.toFixed(2)}`).join(", "),
    );
  }
  console.log(`${file}: ${roles.surface.trialCount} surface and ${roles.logic.trialCount} logic trials`);
}

function parseReading(name: string): StepReading {
  const reading = stepReadings.find((each) => each === name);
  if (reading === undefined) throw new InputError(`--reading is "${name}", expected ${stepReadings.join(", ")}`);
  return reading;
}
