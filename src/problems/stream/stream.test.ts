import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { tokensOf } from "../problem";
import { drawQuestions, questionsAt, questionTypes } from "./questions";
import { frameCells } from "./room";
import {
  defaultKnobs,
  drawStream,
  frameTokens,
  frameWords,
  patchesOf,
  patchPosition,
  streamById,
  streamWords,
} from "./streamProblem";
import { streamVocabulary } from "./streamWords";
import { composedQuestion, questionForms, readQuestion } from "./questionForms";
import { answerFromFrames, judgeAnswer, seenAnswer } from "./watch";

const anyKnobs = fc.record({
  frames: fc.integer({ min: 4, max: 80 }),
  televisions: fc.integer({ min: 0, max: 8 }),
  camera: fc.constantFrom("still" as const, "some" as const, "pans" as const),
});
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("a stream", () => {
  it("is the same for the same seed, and its id draws it again", () => {
    fc.assert(
      fc.property(anyKnobs, anySeed, (knobs, seed) => {
        const stream = drawStream(knobs, seed);
        expect(drawStream(knobs, seed)).toEqual(stream);
        expect(streamById(stream.id)).toEqual(stream);
      }),
      { numRuns: 30 },
    );
    expect(drawStream(defaultKnobs, 1).frames).not.toEqual(drawStream(defaultKnobs, 2).frames);
  });

  it("has 26 tokens a frame, each in the vocabulary", () => {
    const known = new Set(streamVocabulary);
    expect(known.size).toBe(streamVocabulary.length);
    fc.assert(
      fc.property(anyKnobs, anySeed, (knobs, seed) => {
        const stream = drawStream(knobs, seed);
        const words = streamWords(stream.frames);
        expect(words).toHaveLength(1 + knobs.frames * frameTokens);
        const spoken = questionsAt(stream, knobs.frames).flatMap(({ question, answer }) =>
          tokensOf(`${question} ${answer}`),
        );
        expect([...words, ...spoken].filter((word) => !known.has(word))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it("is told from the words of its frames", () => {
    const { frames } = drawStream(defaultKnobs, 2);
    expect(frameWords(frames).map(patchesOf)).toEqual(frames);
  });

  it("can be hundreds of frames long", () => {
    const stream = drawStream({ ...defaultKnobs, frames: 400 }, 5);
    expect(stream.frames).toHaveLength(400);
    expect(questionsAt(stream, 400).length).toBeGreaterThan(15);
  });

  it("shows another picture on every television in every frame", () => {
    const { frames } = drawStream({ frames: 40, televisions: 3, camera: "still" }, 3);
    for (let cell = 0; cell < frameCells; cell++) {
      const pictures = frames.map((patches) => patches[cell]);
      if (!pictures[0].startsWith("tv")) continue;
      expect(pictures.filter((picture, frame) => picture === pictures[frame + 1])).toEqual([]);
    }
  });

  it("says nothing about ids of other families, and why one cannot be drawn", () => {
    expect(streamById("walk-4x10-1")).toBeNull();
    expect(() => streamById("stream-2x3-1")).toThrow("a stream has 4 to 1000 frames");
    expect(() => streamById("stream-8x9-1")).toThrow("a stream has 0 to 8 televisions");
  });
});

describe("a question", () => {
  it("has the answer that the frames seen so far give, at any moment", () => {
    fc.assert(
      fc.property(anyKnobs, anySeed, fc.double({ min: 0, max: 1, noNaN: true }), (knobs, seed, share) => {
        const stream = drawStream(knobs, seed);
        const moment = 1 + Math.floor(share * (knobs.frames - 1));
        for (const { question, answer } of questionsAt(stream, moment)) {
          expect([question, answerFromFrames(stream.frames.slice(0, moment), question)]).toEqual([question, answer]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("is answered from the very patches that the generator put there", () => {
    fc.assert(
      fc.property(anyKnobs, anySeed, (knobs, seed) => {
        const stream = drawStream(knobs, seed);
        for (const { type, question, reads } of questionsAt(stream, knobs.frames)) {
          const seen = seenAnswer(stream.frames, question)?.seen ?? [];
          const found = seen.map(({ frame, cell }) => patchPosition(frame, cell));
          expect([type, found]).toEqual([type, [...reads.flat()].sort((left, right) => left - right)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("cannot be answered without the patches that it is read from", () => {
    fc.assert(
      fc.property(anyKnobs, anySeed, (knobs, seed) => {
        const stream = drawStream(knobs, seed);
        for (const { type, question, answer, reads, lastShown } of questionsAt(stream, knobs.frames)) {
          if (reads.length === 0) continue;
          const needed = new Set(reads[0]);
          const without = stream.frames.map((patches, frame) =>
            patches.map((patch, cell) => (needed.has(patchPosition(frame, cell)) ? "floor" : patch)),
          );
          expect([type, answerFromFrames(without, question)]).not.toEqual([type, answer]);
          const lastFrames = reads.map((read) => Math.floor((Math.max(...read) - 1) / frameTokens));
          if (!type.startsWith("N")) expect(lastShown).toBe(Math.min(...lastFrames));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("of every type can be asked of nearly every stream of 32 frames that pans", () => {
    const streams = Array.from({ length: 200 }, (_, seed) => drawStream({ ...defaultKnobs, camera: "pans" }, seed));
    for (const type of questionTypes) {
      const count = streams.filter((stream) => questionsAt(stream, 32).some((one) => one.type === type)).length;
      expect([type, count > 170]).toEqual([type, true]);
    }
  });

  it("is drawn by type in turn", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 300; seed++) {
      const drawn = drawQuestions(drawStream(defaultKnobs, seed), { count: 6, moments: "end" });
      expect(new Set(drawn.map(({ question }) => question)).size).toBe(6);
      for (const { type, moment } of drawn) {
        expect(moment).toBe(32);
        counts.set(type, (counts.get(type) ?? 0) + 1);
      }
    }
    // 1800 questions of 15 types: 120 each.
    for (const type of questionTypes) expect(counts.get(type)).toSatisfy((count: number) => count > 85 && count < 160);
  });

  it("asks for the first as often as for the last, and for what lies still though it has left the view", () => {
    let [gone, lasting] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const asked = questionsAt(drawStream(defaultKnobs, seed), 32);
      expect(asked.filter(({ type }) => type === "O1")).toHaveLength(asked.filter(({ type }) => type === "O2").length);
      const still = asked.filter(({ type }) => type === "S1");
      lasting += still.length;
      gone += still.filter(({ lastShown }) => lastShown < 24).length;
    }
    expect(lasting).toBeGreaterThan(120);
    expect(gone / lasting).toBeGreaterThan(0.5);
  });

  it("can be composed from a form and what fills its gap", () => {
    const composed = new Set(
      questionForms.flatMap((form) =>
        (form.fillings.length === 0 ? [""] : form.fillings).map((filling) => composedQuestion(form, filling)),
      ),
    );
    const asked = Array.from({ length: 40 }, (_, seed) => questionsAt(drawStream(defaultKnobs, seed), 32)).flat();
    expect(asked.filter(({ question }) => !composed.has(question))).toEqual([]);
    expect(new Set(asked.map(({ type }) => type)).size).toBe(questionTypes.length);
    expect(readQuestion("? who stood by the desk :")).toBe("Who stood by the desk?");
  });

  it("may come in the middle of a stream", () => {
    const drawn = drawQuestions(drawStream(defaultKnobs, 3), { count: 12, moments: "any" });
    const moments = drawn.map(({ moment }) => moment);
    expect(moments).toEqual([...moments].sort((left, right) => left - right));
    expect(moments[0]).toBeLessThan(32);
    expect(moments.at(-1)).toBe(32);
  });
});

describe("an answer from the frames", () => {
  // The middle row of each frame; the others are floor.
  const frame = (...middle: string[]): string[] => {
    const floor = new Array<string>(10).fill("floor");
    return [...floor, ...middle, ...floor];
  };
  const frames = [
    frame("desk", "red-key", "lamp", "floor", "tv1"),
    frame("desk", "floor", "lamp-on", "Dan", "tv2"),
    frame("desk", "Eva", "lamp", "floor", "tv3"),
    frame("desk", "Gus", "lamp-on", "Dan-parcel", "tv4"),
  ];

  it.each([
    ["? what lay by the desk :", "red key"],
    ["? where lay the red key :", "desk"],
    ["? who stood by the lamp :", "Dan"],
    ["? who stood by the desk :", null], // two
    ["? who stood first by the desk :", "Eva"],
    ["? who stood last by the desk :", "Gus"],
    ["? how many times was the lamp lit :", "two"],
    ["? how many times did the door open :", "none"],
    ["? who stood where the red key lay :", null], // two
    ["? what lay where Eva stood :", "desk red key"],
    ["? what lay where Dan stood :", null],
    ["? who carried the parcel :", "Dan"],
    ["? where lay the parcel last :", null],
    ["? where lay the moon :", null],
    ["Good morning", null],
  ])("to %s is %s", (question, answer) => {
    expect(answerFromFrames(frames, question)).toBe(answer);
  });

  it("is right only word for word, with its end", () => {
    expect(judgeAnswer("blue key", ["blue", "key", "<eos>"])).toEqual({ isRight: true, firstWrongWord: null });
    expect(judgeAnswer("blue key", ["blue", "ball", "<eos>"])).toEqual({ isRight: false, firstWrongWord: 1 });
    expect(judgeAnswer("blue key", ["blue", "key"])).toEqual({ isRight: false, firstWrongWord: 2 });
  });
});
