// npm run decode -- --search-bits …: the search of panel Storage on the command line. Strips of bits, a choice for each layer, are
// run with nothing evicted and fed the tokens that the cache as computed generates; a line for each trial, then the best.
import { openModel } from "../../lab/openModel";
import { recordLanes } from "../../lab/recordTrace";
import { storesCodes } from "../../src/cache/packing";
import { MOST_LANES, type RunRecipe } from "../../src/engine/protocol";
import {
  bestTrial,
  nextStrips,
  searchLength,
  stripText,
  type BitsTarget,
  type BitsTrial,
} from "../../src/experiment/bitsSearch";
import { InputError } from "../../src/lib/errors";
import { greedySampling } from "../../src/model/sampling";
import { effectiveParameters, policyById } from "../../src/policy/policies";
import { BITS_SEED, trialOf, trialRequest } from "../../src/state/storageTrials";
import type { Task } from "./findProblem";
import type { DecodeOptions } from "./options";

/** Enough for every problem of the embedded model; --max-new overrides it. */
const DEFAULT_NEW_TOKENS = 512;

/** How many to generate where nobody says: `room` positions are left. */
export function newTokens(room: number): number {
  return Math.max(1, Math.min(DEFAULT_NEW_TOKENS, room));
}

export async function searchBits(options: DecodeOptions, task: Task, target: BitsTarget): Promise<void> {
  const { parameters, output } = options;
  if (!storesCodes(parameters.storage)) {
    throw new InputError(
      `--search-bits needs entries stored in codes, but --storage is ${parameters.storage}; give --storage quantised, kivi or tada`,
    );
  }
  const { loaded, backend, summary } = await openModel(options.modelFolder, options.backend);
  const { tokenizer, config } = loaded;
  const fullCache = policyById("fullCache");
  const recipe: RunRecipe = {
    promptText: task.prompt,
    expectedAnswer: null,
    policyId: fullCache.id,
    parameters: effectiveParameters(fullCache, { ...parameters, layerBits: "", reading: "everything" }),
    sampling: greedySampling,
    maxNewTokens: options.maxNewTokens ?? newTokens(config.maxPositions - tokenizer.encode(task.prompt).length),
    hasTaps: false,
  };
  const { layerCount } = config;
  const trials: BitsTrial[] = [];
  const say = (line: string): void => {
    if (output === "text") console.log(line);
  };
  say("try  bits of each layer, bytes of keys and values (share of those as computed), mean KL in nats");
  try {
    while (trials.length < searchLength(layerCount)) {
      const count = Math.min(MOST_LANES, searchLength(layerCount) - trials.length);
      const strips = nextStrips(trials, { layerCount, target, seed: BITS_SEED }, count);
      if (strips.length === 0) break;
      const traces = await recordLanes(backend, summary, {
        ...{ model: loaded, tokenizer },
        request: trialRequest({ recipe }, strips),
      });
      for (const [lane, trace] of traces.entries()) {
        const trial = trialOf(strips[lane], trace);
        trials.push(trial);
        say(`${String(trials.length).padStart(3)}  ${trialWords(trial)}`);
      }
    }
  } finally {
    backend.dispose();
  }
  const best = bestTrial(trials, target);
  if (output === "json") console.log(JSON.stringify({ task: task.id, target, best, trials }));
  else console.log(best === null ? `none of ${trials.length} tries is within that` : `best ${trialWords(best)}`);
}

function trialWords({ strip, bytes, bytesAsComputed, klNats }: BitsTrial): string {
  const share = ((100 * bytes) / bytesAsComputed).toFixed(1);
  return `${stripText(strip)}  ${bytes} bytes (${share} %)  KL ${klNats.toExponential(2)}`;
}
