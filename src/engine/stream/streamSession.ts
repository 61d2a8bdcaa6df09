// A stream of frames under a cap (InfiniPot-V, methods section 24): frames arrive in blocks, and the cache of |M| slots is compressed
// to |C| whenever the next block would not fit. Questions are asked behind the cache and taken back again.
//
//   system │ what earlier compressions kept │ newest frames │ question and answer ─► rewound
//          └──────────────── compressed to |C| ─────────────┘
//   ◄──────────────────────────── never more than |M| slots ──────────────────────────────►
//
// A slot's stream position says which patch of which frame it is; how far its key is turned depends on `isRenumbered`.

import { evenRows, headCountOf, headRow, joinRows, kvHeadOf, layerOf, type HeadRows } from "../../cache/headRows";
import { assert, InputError } from "../../lib/errors";
import { greedySampling } from "../../model/sampling";
import { chooseSurvivors } from "../../policy/admission";
import { frameBudget, keptFrameSlots, type FrameSlots } from "../../policy/frameCompression";
import { baseParameters } from "../../policy/parameters";
import type { StreamChoices } from "../../policy/streamChoices";
import type { StreamCompression } from "../../trace/stream/streamTrace";
import type { Backend, ForwardResult, Model, Session } from "../backend";
import { layerRopeTables } from "../ropeTable";
import { measureFrames, type FrameMeasures } from "./frameScores";

export interface StreamRequest {
  readonly model: Model;
  readonly choices: StreamChoices;
  /** What stands before the first frame and always stays; at least one token. */
  readonly systemTokens: Int32Array;
  /** Frames that may come. A capped stream that is renumbered has no end: Infinity. */
  readonly streamFrames: number;
  /** Slots behind a cache without cap, and positions behind one that is not renumbered, for a question and its answer. */
  readonly questionSlots: number;
  /** Only for "questionAttention". */
  readonly knownQuestion?: Int32Array;
  /** Answers come with the attention that their tokens paid. */
  readonly hasTaps?: boolean;
}

export interface Arrival {
  readonly compression: StreamCompression | null;
  /** Slots in use in every head before the compression. */
  readonly arrivedSlots: number;
  readonly computeMs: number;
  readonly compressMs: number;
}

export interface WrittenAnswer {
  /** Greedy, the stop token included. */
  readonly tokens: number[];
  /** One for each token; with taps, the attention over the slots in `positions`, then question and answer. */
  readonly forwards: readonly ForwardResult[];
  readonly positions: HeadRows<Int32Array>;
  /** Slots in use with question and answer. */
  readonly peakSlots: number;
}

export interface StreamSession {
  readonly framesSeen: number;
  /** In use in every head. */
  readonly lengthSlots: number;
  /** The most that were ever in use, questions asked included; never above |M|. */
  readonly peakSlots: number;
  /** |M|, or room for the whole stream. */
  readonly slotCapacity: number;
  /** Which token of the stream is in each slot. A copy */
  positions(): HeadRows<Int32Array>;
  /** At most `blockFrames` frames arrive. */
  push(frames: readonly Int32Array[]): Promise<Arrival>;
  /** InputError where question and answer do not fit under the cap. */
  ask(question: Int32Array, mostTokens: number): Promise<WrittenAnswer>;
  readonly session: Pick<Session, "readEntries" | "lengths" | "memory">;
  dispose(): void;
}

/** Newest tokens of the known question whose attention counts, as SnapKV's window; questions are no shorter. */
const QUESTION_WINDOW = 4;

export async function openStream(backend: Backend, request: StreamRequest): Promise<StreamSession> {
  const { model, choices, systemTokens, streamFrames, questionSlots, knownQuestion, hasTaps = false } = request;
  const { config } = model;
  const { capFrames, frameTokens, isRenumbered, blockFrames, rule } = choices;
  const headCount = headCountOf(config);
  const systemSlots = systemTokens.length;
  const wholeStream = systemSlots + streamFrames * frameTokens + questionSlots;
  const slotCapacity = capFrames === null ? wholeStream : systemSlots + capFrames * frameTokens;
  requireChoices();
  const positionCapacity = isRenumbered ? slotCapacity : wholeStream;
  const ropeTables = layerRopeTables(config, positionCapacity);
  const session = await backend.createSession({
    ...{ slotCapacity, positionCapacity, hasTaps, isRerotated: isRenumbered },
    windowSlots: QUESTION_WINDOW,
    sampling: greedySampling,
    stopTokens: config.stopTokens,
    terms: rule === "questionAttention" ? ["windowAttention"] : [],
    parameters: { ...baseParameters, seed: choices.seed },
  });
  const tokens = Array.from(systemTokens); // [stream position]
  const tokenCounts = new Uint32Array(config.vocabularySize);
  let held = Array.from({ length: headCount }, () => Int32Array.from(systemTokens.keys())); // [head] of [slot] → position
  let framesSeen = 0;
  let mostSlots = systemSlots;
  let isBusy = false;
  try {
    await session.prefill(systemTokens);
    await session.collect();
  } catch (error) {
    session.dispose();
    throw error;
  }

  function requireChoices(): void {
    if (!Number.isFinite(wholeStream) && (capFrames === null || !isRenumbered)) {
      throw new InputError("a stream without end needs a cap, and keys renumbered within it");
    }
    const isRoomy = capFrames === null || (blockFrames >= 1 && choices.keepFrames + blockFrames <= capFrames);
    if (!isRoomy || choices.keepFrames < 1) {
      throw new InputError(
        `|M| is ${String(capFrames)} frames, |C| ${choices.keepFrames} and a block ${blockFrames}; expected |C| ≥ 1 and a block ` +
          "that fits beside |C| under |M|: choose a smaller |C|, a smaller block or a larger |M|",
      );
    }
    const isKnown = knownQuestion !== undefined && knownQuestion.length >= QUESTION_WINDOW;
    assert(rule !== "questionAttention" || isKnown, `the known question has ${QUESTION_WINDOW} tokens or more`);
  }

  /** One at a time: the cache belongs to whoever is at work on it. */
  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    assert(!isBusy, "the stream is at work: wait for what was asked before");
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };

  const notePeak = (): void => {
    mostSlots = Math.max(mostSlots, session.lengths[0]);
    assert(mostSlots <= slotCapacity, `${mostSlots} slots in use of ${slotCapacity}`);
  };

  const positions = (): HeadRows<Int32Array> => joinRows(held, Int32Array);

  /** What a rule may know of the slots of one head. */
  const frameSlots = (own: Int32Array, measures: FrameMeasures, head: number): FrameSlots => {
    const places = own.subarray(systemSlots).map((position) => position - systemSlots);
    const isOther = (place: number): boolean =>
      place < frameTokens || tokens[systemSlots + place] !== tokens[systemSlots + place - frameTokens];
    return {
      frames: places.map((place) => Math.floor(place / frameTokens)),
      patches: places.map((place) => place % frameTokens),
      tokens: places.map((place) => tokens[systemSlots + place]),
      isChanged: Uint8Array.from(places, (place) => (isOther(place) ? 1 : 0)),
      temporal: headRow(measures.temporal, head),
      valueNorms: headRow(measures.valueNorms, head),
    };
  };

  /** Newest frames that stay whatever a question looks at, and make room for it. */
  const asideFrames = (question: Int32Array): number => {
    const { recentFrames } = frameBudget(choices, session.lengths[0] - systemSlots);
    const wanting = question.length - (slotCapacity - session.lengths[0]);
    return Math.max(recentFrames, Math.ceil(wanting / frameTokens));
  };

  /**
   * What the known question's newest tokens look at. The newest frames step aside while it looks, so that it fits under |M|, and
   * come back. Rows of [slot − S], 0 in those frames
   */
  const questionAttention = async (question: Int32Array, asideSlots: number): Promise<HeadRows<Float32Array>> => {
    const lookedSlots = session.lengths[0] - asideSlots;
    session.rewind(asideSlots);
    await session.append(question);
    notePeak();
    const slots = session.lengths[0];
    // The term reads no position, but a session asks where every slot is.
    const places = evenRows(
      Int32Array.from({ length: headCount * slots }, (_, at) => at % slots),
      headCount,
    );
    const { windowAttention } = (await session.measureTerms(places)).terms;
    assert(windowAttention !== undefined, "the session measures the window");
    session.rewind(question.length);
    await session.append(Int32Array.from(tokens.slice(tokens.length - asideSlots)));
    const rows = held.map((own, head) => {
      const row = new Float32Array(own.length - systemSlots);
      row.set(headRow(windowAttention, head).subarray(systemSlots, lookedSlots));
      return row;
    });
    return joinRows(rows, Float32Array);
  };

  const compress = async (): Promise<StreamCompression> => {
    const entries = await session.readEntries();
    const measures = measureFrames(entries, { config, ropeTables, choices, systemSlots, held });
    const lengthSlots = session.lengths[0] - systemSlots;
    const asked = rule === "questionAttention" ? knownQuestion : undefined;
    const asideSlots = asked === undefined ? 0 : asideFrames(asked) * frameTokens;
    const looks = asked === undefined ? null : await questionAttention(asked, asideSlots);
    const { keepFrames, seed } = choices;
    const kept = held.map((own, head) => {
      if (rule === "questionAttention") {
        assert(looks !== null, "the question was attended");
        const isProtected = new Uint8Array(lengthSlots).fill(1, lengthSlots - asideSlots);
        const keepSlots = keepFrames * frameTokens;
        return chooseSurvivors({ total: headRow(looks, head), isProtected, lengthSlots, keepSlots }).slots;
      }
      const slots = frameSlots(own, measures, head);
      const place = { layer: layerOf(config, head), kvHead: kvHeadOf(config, head) };
      return keptFrameSlots(rule, slots, choices, { streamFrames, tokenCounts, seed, ...place });
    });
    const system = Int32Array.from(systemTokens.keys());
    const survivors = kept.map((slots) => Int32Array.from([...system, ...slots.map((slot) => slot + systemSlots)]));
    session.compact({ survivors: joinRows(survivors, Int32Array) });
    held = held.map((own, head) => survivors[head].map((slot) => own[slot]));
    const recorded = { framesSeen, kept: positions(), ...measures };
    return looks === null ? recorded : { ...recorded, questionAttention: looks };
  };

  const push: StreamSession["push"] = (frames) =>
    alone(async () => {
      assert(frames.length >= 1 && frames.length <= blockFrames, `a block has 1 to ${blockFrames} frames`);
      if (framesSeen + frames.length > streamFrames) throw new InputError(`the stream has ${streamFrames} frames only`);
      const arriving = new Int32Array(frames.length * frameTokens);
      frames.forEach((frame, at) => {
        assert(frame.length === frameTokens, `a frame has ${frameTokens} tokens, not ${frame.length}`);
        arriving.set(frame, at * frameTokens);
      });
      const startedMs = performance.now();
      await session.append(arriving);
      notePeak();
      const first = tokens.length;
      for (const token of arriving) {
        tokens.push(token);
        tokenCounts[token]++;
      }
      held = held.map((own) => Int32Array.from([...own, ...arriving.map((_, at) => first + at)]));
      framesSeen += frames.length;
      const arrivedSlots = session.lengths[0];
      const arrivedMs = performance.now();
      const isRoomy = capFrames === null || arrivedSlots + blockFrames * frameTokens <= slotCapacity;
      const compression = isRoomy ? null : await compress();
      const computeMs = arrivedMs - startedMs;
      return { compression, arrivedSlots, computeMs, compressMs: isRoomy ? 0 : performance.now() - arrivedMs };
    });

  const requireRoom = (count: number): void => {
    const place = isRenumbered ? session.lengths[0] : tokens.length;
    const left = Math.min(slotCapacity - session.lengths[0], positionCapacity - place);
    if (count > left) {
      throw new InputError(
        `a question with its answer may take ${count} slots, and ${left} are left: ask a shorter one, or allow a larger |M|`,
      );
    }
  };

  const ask: StreamSession["ask"] = (question, mostTokens) =>
    alone(async () => {
      assert(question.length > 0 && mostTokens > 0, "a question has tokens, and so has its answer");
      requireRoom(question.length + mostTokens - 1);
      const before = session.lengths[0];
      const forwards: ForwardResult[] = [];
      const last = question.length - 1;
      if (last > 0) await session.append(question.subarray(0, last));
      let isDone = false;
      for (let next: number | undefined = question[last]; !isDone; next = undefined) {
        session.decode(next);
        const result = await session.collect();
        forwards.push(result);
        isDone = config.stopTokens.includes(result.token) || forwards.length === mostTokens;
      }
      notePeak();
      const peakSlots = session.lengths[0];
      session.rewind(peakSlots - before);
      return { tokens: forwards.map(({ token }) => token), forwards, positions: positions(), peakSlots };
    });

  return {
    get framesSeen() {
      return framesSeen;
    },
    get lengthSlots() {
      return session.lengths[0];
    },
    get peakSlots() {
      return mostSlots;
    },
    ...{ slotCapacity, positions, push, ask, session },
    dispose: () => session.dispose(),
  };
}
