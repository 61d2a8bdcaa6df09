// The command line of `npm run stream-eval`, parsed into a record.
import { parseArgs } from "node:util";
import { errorMessage, InputError } from "../../src/lib/errors";
import { frameTokens, type StreamKnobs } from "../../src/problems/stream/streamProblem";
import {
  keptFrames,
  streamPolicies,
  streamPolicyIds,
  type StreamChoices,
  type StreamPolicyId,
} from "../../src/policy/streamChoices";
import { streamLaneTable, streamTable } from "../../src/settings/streamSettings";
import { parseBackend, parseCount, parseSeed } from "../eval/options";

export interface StreamEvalOptions {
  readonly modelFolder: string;
  /** Streams of a file, or drawn. */
  readonly source:
    | { readonly type: "file"; readonly file: string; readonly count: number | null }
    | { readonly type: "drawn"; readonly count: number; readonly seed: number; readonly knobs: StreamKnobs };
  readonly questionCount: number;
  readonly moments: "end" | "any";
  readonly policyId: StreamPolicyId;
  readonly choices: StreamChoices;
  readonly backend: "cpu" | "gpu";
  readonly output: "text" | "quiet";
}

const flags = {
  model: { type: "string", default: "public/models/winnow-stream-1m" },
  streams: { type: "string" },
  count: { type: "string" },
  seed: { type: "string", default: "1" },
  frames: { type: "string", default: "32" },
  televisions: { type: "string", default: "3" },
  camera: { type: "string", default: "some" },
  questions: { type: "string", default: String(streamTable.questionCount.default) },
  moments: { type: "string", default: "end" },
  policy: { type: "string", default: "tar+van" },
  cap: { type: "string", default: String(streamLaneTable.capFrames.default) },
  keep: { type: "string" },
  block: { type: "string" },
  alpha: { type: "string", default: String(streamLaneTable.temporalShare.default) },
  recent: { type: "string", default: String(streamLaneTable.recentShare.default) },
  pooling: { type: "string" },
  positions: { type: "string", default: "renumbered" },
  keys: { type: "string", default: "before-rope" },
  patches: { type: "string", default: "token" },
  backend: { type: "string", default: "cpu" },
  quiet: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

export const usage = `Usage: npm run stream-eval -- [--policy ID] [--cap F] [--frames N] …
  --model DIR      folder in Hugging Face layout (${flags.model.default})
  --count N        streams (100; of a file: all)
  --seed N         of the first stream, the others follow, and of random eviction (${flags.seed.default})
  --frames N       of a stream, 4 to 1000 (${flags.frames.default})
  --televisions N  cells that change all the time, 0 to 8 (${flags.televisions.default})
  --camera C       still, some, pans (${flags.camera.default})
  --streams FILE   instead of drawing: one JSON object a line, as npm run problems -- --family stream writes them
  --questions N    of each stream (${flags.questions.default})
  --moments M      end: all after the last frame; any: half of them earlier (${flags.moments.default})
  --policy ID      ${streamPolicyIds.join(", ")}
  --cap F          |M| in frames (${flags.cap.default})
  --keep F         |C| in frames (three quarters of |M|)
  --block F        frames that arrive at once (|M| less |C|)
  --alpha X        share of |C| for the newest frames and TaR's picks (${flags.alpha.default})
  --recent X       newest frames, as a share of those in the cache; at least one (${flags.recent.default})
  --pooling W,W    slots that value norms are averaged over, odd, a number for each layer (not at all)
  --positions P    renumbered: within |M|; original: those of the stream (${flags.positions.default})
  --keys K         that TaR compares: before-rope or after-rope (${flags.keys.default})
  --patches P      token: a slot's own patch; slot: as the published code, by its place in the cache (${flags.patches.default})
  --backend NAME   cpu or gpu (${flags.backend.default})
  --quiet          no line per stream
snapkv compresses by question 1, which it knows from the start. The last line is one JSON object.`;

/** Null when help was asked for. Throws InputError for anything it does not know. */
export function parseStreamOptions(argv: readonly string[]): StreamEvalOptions | null {
  const texts = parseFlags(argv);
  if (texts.help) return null;
  const policyId = oneOf("policy", texts.policy, streamPolicyIds);
  const capFrames = parseCount(texts.cap, "cap");
  const keepFrames =
    texts.keep === undefined
      ? keptFrames(capFrames, streamLaneTable.keepShare.default)
      : parseCount(texts.keep, "keep");
  if (keepFrames >= capFrames) throw new InputError(`--keep is ${keepFrames}, expected less than --cap, ${capFrames}`);
  const blockFrames = texts.block === undefined ? capFrames - keepFrames : parseCount(texts.block, "block");
  const seed = parseSeed(texts.seed);
  return {
    modelFolder: texts.model,
    source:
      texts.streams === undefined
        ? {
            type: "drawn",
            count: texts.count === undefined ? 100 : parseCount(texts.count, "count"),
            seed,
            knobs: knobsOf(texts),
          }
        : {
            type: "file",
            file: texts.streams,
            count: texts.count === undefined ? null : parseCount(texts.count, "count"),
          },
    questionCount: parseCount(texts.questions, "questions"),
    moments: oneOf("moments", texts.moments, ["end", "any"]),
    policyId,
    choices: {
      ...{ capFrames, keepFrames, blockFrames, frameTokens, seed },
      temporalShare: parseShare(texts.alpha, "alpha"),
      recentShare: parseShare(texts.recent, "recent"),
      isReversed: false,
      poolingWidths: texts.pooling === undefined ? null : texts.pooling.split(",").map(parseWidth),
      isRenumbered: oneOf("positions", texts.positions, ["renumbered", "original"]) === "renumbered",
      temporalKeys:
        oneOf("keys", texts.keys, ["before-rope", "after-rope"]) === "before-rope" ? "beforeRope" : "afterRope",
      patchOf: oneOf("patches", texts.patches, ["token", "slot"]),
      ...streamPolicies[policyId].choices,
    },
    backend: parseBackend(texts.backend),
    output: texts.quiet ? "quiet" : "text",
  };
}

/** They say what is drawn; a file has its streams and their questions' moments already. */
const drawingFlags: readonly string[] = ["frames", "televisions", "camera", "moments"];

function parseFlags(argv: readonly string[]) {
  const { values, tokens } = parse(argv);
  const idle = tokens.find((token) => token.kind === "option" && drawingFlags.includes(token.name));
  if (values.streams === undefined || idle?.kind !== "option") return values;
  throw new InputError(
    `--${idle.name} says how streams are drawn, but --streams reads them from a file: leave one out`,
  );
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, tokens: true });
  } catch (error) {
    throw new InputError(`${errorMessage(error)}\n${usage}`);
  }
}

function knobsOf(texts: ReturnType<typeof parseFlags>): StreamKnobs {
  const televisions = Number(texts.televisions);
  const frames = parseCount(texts.frames, "frames");
  if (!Number.isInteger(televisions) || televisions < 0 || televisions > 8) {
    throw new InputError(`--televisions is "${texts.televisions}", expected a whole number from 0 to 8`);
  }
  if (frames < 4 || frames > 1000) throw new InputError(`--frames is ${frames}, expected 4 to 1000`);
  return { frames, televisions, camera: oneOf("camera", texts.camera, ["still", "some", "pans"]) };
}

function oneOf<const Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new InputError(`--${flag} is "${text}", expected one of ${names.join(", ")}`);
  return found;
}

function parseShare(text: string, flag: string): number {
  const share = Number(text);
  if (text.trim() === "" || !(share >= 0 && share <= 1)) {
    throw new InputError(`--${flag} is "${text}", expected a number from 0 to 1`);
  }
  return share;
}

function parseWidth(text: string): number {
  const width = Number(text);
  if (Number.isInteger(width) && width > 0 && width % 2 === 1) return width;
  throw new InputError(`--pooling has "${text}", expected odd numbers from 1 on, such as 7,5,3,1`);
}
