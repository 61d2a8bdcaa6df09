// A proof of the CPU's run in float32, replayed on a GPU fed its tokens: with the same weights nothing differs, or near ties alone; with
// weights cut to float16 the GPU says which heads decided otherwise, and what it would have written.
import { afterAll, expect, it } from "vitest";
import { greedySampling } from "../../model/sampling";
import { effectiveParameters, policyById } from "../../policy/policies";
import { checkFedProof } from "../../trace/proof/fedProofCheck";
import { proveFed } from "../../trace/proof/fedProof";
import { encodeFedProof, parseFedProof } from "../../trace/proof/fedProofText";
import type { FedVerdict } from "../../trace/proof/verdict";
import type { Trace } from "../../trace/trace";
import type { Backend, Model } from "../backend";
import { createCpuBackend } from "../cpu/cpuBackend";
import type { RunRecipe } from "../protocol";
import { fullLayers } from "../../model/layerConfig";
import { recordLanes } from "../../../lab/recordTrace";
import { seededModel, seededPrompt, tinyConfig, wordTokenizer } from "../seededModel.testing";
import { closeTestBackends, openTestBackend } from "./gpuTestBackend.testing";

const config = { ...tinyConfig, layerCount: 4, layers: fullLayers(4, { ropeTheta: 10000, ropeScaling: null }) };
const model = seededModel(7, config);
const tokenizer = wordTokenizer(config.vocabularySize);
const summary = { ...config, id: "tiny", label: "Tiny", parameterCount: 1, digest: "00" };
const recipe: RunRecipe = {
  promptText: tokenizer.decode(seededPrompt(9, 40)),
  expectedAnswer: null,
  policyId: "gkv",
  parameters: effectiveParameters(policyById("gkv"), { budgetSlots: 24, windowSlots: 4, intervalSteps: 8 }),
  sampling: { ...greedySampling, temperature: 1, seed: 3 },
  maxNewTokens: 64,
  hasTaps: false,
};

afterAll(closeTestBackends);

async function record(backend: Backend, of: Model, asked: RunRecipe): Promise<Trace> {
  const [trace] = await recordLanes(backend, summary, {
    model: of,
    tokenizer,
    request: { lanes: [asked], isForced: false },
  });
  return trace;
}

/** The CPU's run as a link sends it, replayed on another backend. */
async function replayed(backend: Backend, of: Model): Promise<FedVerdict> {
  const sent = proveFed(await record(await createCpuBackend(model), model, recipe));
  const proof = sent && parseFedProof(encodeFedProof(sent));
  if (proof === null) throw new Error("the proof can be read");
  const trace = await record(backend, of, { ...recipe, fedTokens: proof.tokens });
  expect(trace.steps.map(({ token }) => token)).toEqual(proof.tokens);
  const verdict = checkFedProof(proof, trace);
  if (verdict.type !== "fed") throw new Error(`found ${verdict.type}`);
  return verdict;
}

it("finds nothing but near ties on a GPU with the same weights", async () => {
  const verdict = await replayed(await openTestBackend(model), model);
  expect(verdict).toMatchObject({ other: null, eventCount: 8, promisedEventCount: 8 });
  for (const { margin } of verdict.nearTies) expect(margin).toBeLessThan(1e-3);
});

it("tells where weights in 16 bits decide otherwise", async () => {
  const rounded = inHalves(model);
  const verdict = await replayed(await openTestBackend(rounded), rounded);
  expect(verdict.eventCount).toBe(verdict.promisedEventCount);
  const isSame = verdict.nearTies.length === 0 && verdict.other === null && verdict.ownChoices === null;
  expect(isSame).toBe(false);
});

/** The model with all numbers cut to the ten bits that float16 has. */
function inHalves<Value>(value: Value): Value {
  if (value instanceof Float32Array) {
    const cut = value.slice();
    const bits = new Uint32Array(cut.buffer);
    for (let place = 0; place < bits.length; place++) bits[place] &= 0xffff_e000;
    return cut as Value;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => inHalves(item)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inHalves(item as unknown)])) as Value;
}
