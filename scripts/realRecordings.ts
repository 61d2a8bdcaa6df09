// The recorded runs of a real model that a lesson shows: SmolLM2-135M-Instruct (Hugging Face, Apache-2.0), from the file that
// `npm run real-models` fetches. Where that file is not there, the recordings stay as they are.

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { openModel, type OpenedModel } from "../lab/openModel";
import { recordRecipe } from "../lab/recordTrace";
import { InputError } from "../src/lib/errors";
import { greedySampling } from "../src/model/sampling";
import { effectiveParameters, policyById } from "../src/policy/policies";
import { broughtId, broughtLabel, type BroughtModel } from "../src/settings/broughtModels";
import { encodeRunFile } from "../src/trace/file/runFile";

const FILE = ".cache/real-models/SmolLM2-135M-Instruct.Q4_1.gguf";
/** All of them together. */
const MOST_BYTES = 1_000_000;

const smolLm2: BroughtModel = {
  source: { type: "file" },
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
  bytes: 98_362_432,
  weightType: "Q4_1",
  ...{ layerCount: 30, headCount: 9, kvHeadCount: 3, headDim: 64, parameterCount: 134_515_008 },
};

const logbook = `Monday. Fog until noon, then a light wind from the west. The supply boat came with oil for nine weeks, flour and two coils of rope. We carried everything up before dark.

Tuesday. Clear. The second keeper painted the gallery rail and found rust under the old paint. In the evening we wound the clockwork twice.

Wednesday. Rain. I sorted the spare parts in the lower store. The code of the signal chest is 7421. We had fish for supper and the last of the onions.

Thursday. Wind north-west, rising. Three fishing boats ran for the harbour before noon. The panes were white with salt by midnight.`;

/** As the model's chat template writes it. */
const prompt = `<|im_start|>system
You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
<|im_start|>user
${logbook}

What is the code of the signal chest?<|im_end|>
<|im_start|>assistant
`;

interface RealRecording {
  readonly id: string;
  readonly title: string;
  readonly policyId: string;
  readonly budgetSlots: number;
  /** Of the dice. */
  readonly seed?: number;
}

const recordings: readonly RealRecording[] = [
  {
    id: "smollm2-gkv-128",
    title: "SmolLM2-135M, a code in a logbook: G-KV, 128 slots",
    policyId: "gkv",
    budgetSlots: 128,
  },
  {
    ...{ id: "smollm2-dice-128", title: "SmolLM2-135M, a code in a logbook: Random (keep prompt), 128 slots" },
    ...{ policyId: "random", budgetSlots: 128, seed: 1 },
  },
  {
    id: "smollm2-gkv-96",
    title: "SmolLM2-135M, a code in a logbook: G-KV, 96 slots",
    policyId: "gkv",
    budgetSlots: 96,
  },
];

export interface RealEntry {
  readonly id: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly licence: string;
}

const LICENCE = "SmolLM2-135M-Instruct by Hugging Face, Apache-2.0; the logbook was written for Winnow";

/** Writes the run files, and returns their entries for the index. */
export async function recordRealRuns(folder: string): Promise<readonly RealEntry[]> {
  const entries = recordings.map(({ id, title }) => ({ id, title, files: [`${id}.winnow`], licence: LICENCE }));
  if (!existsSync(FILE)) {
    console.log(`${FILE} is not there (npm run real-models fetches it): the recordings of SmolLM2 stay as they are`);
    return entries;
  }
  const model = await openModel(FILE, "cpu", { id: broughtId(smolLm2), label: "SmolLM2-135M-Instruct Q4_1" });
  if (model.summary.digest !== smolLm2.sha256)
    throw new InputError(`${FILE} is another file than ${broughtLabel(smolLm2)}`);
  let total = 0;
  for (const recording of recordings) total += await record(model, recording, folder);
  if (total > MOST_BYTES)
    throw new InputError(`the recordings of SmolLM2 take ${total} bytes, more than ${MOST_BYTES}`);
  return entries;
}

async function record(
  model: OpenedModel,
  { id, policyId, budgetSlots, seed }: RealRecording,
  folder: string,
): Promise<number> {
  const choices = {
    budgetSlots,
    windowSlots: 16,
    intervalSteps: 16,
    ...(seed !== undefined && { seed, isPromptProtected: false }),
  };
  const trace = await recordRecipe(model, {
    promptText: prompt,
    expectedAnswer: null,
    policyId,
    parameters: effectiveParameters(policyById(policyId), choices),
    sampling: greedySampling,
    maxNewTokens: 20,
    hasTaps: true,
  });
  const file = path.join(folder, `${id}.winnow`);
  await writeFile(file, await encodeRunFile(trace));
  const { length } = await readFile(file);
  console.log(
    `${file}: ${length} bytes, ${trace.steps.length} tokens: ${trace.steps.map(({ text }) => text).join("")}`,
  );
  return length;
}
