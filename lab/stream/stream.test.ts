import { describe, expect, it, vi } from "vitest";
import { drawFrames, frameTokens, streamModel, tarVan } from "../../src/engine/stream/drawStream.testing";
import { createCpuBackend } from "../../src/engine/cpu/cpuBackend";
import { wordTokenizer } from "../../src/engine/seededModel.testing";
import { streamRequest } from "../../src/state/streams/streamRecipe";
import { streamPresets } from "../../src/ways/streams/streamPresets";
import { openModel, type OpenedModel } from "../openModel";
import { findStreams, parseStreams } from "./askedStreams";
import { main } from "./main";
import { parseStreamOptions } from "./options";
import { recordStream } from "./recordStream";
import { summariseStreams, summaryLines } from "./summary";
import { watchStream, type WatchedStream } from "./watchStream";

const parsed = (...argv: string[]) => {
  const options = parseStreamOptions(argv);
  if (options === null) throw new Error("help");
  return options;
};

describe("options", () => {
  it("makes a policy of rule and numbers", () => {
    expect(parsed().choices).toMatchObject({ rule: "tarVan", capFrames: 8, keepFrames: 6, blockFrames: 2 });
    expect(parsed("--policy", "reversed").choices).toMatchObject({ temporalShare: 1, isReversed: true });
    expect(parsed("--policy", "full").choices.capFrames).toBeNull();
    expect(parsed("--cap", "4").choices).toMatchObject({ keepFrames: 3, blockFrames: 1 });
    expect(parsed("--positions", "original", "--keys", "after-rope", "--pooling", "7,5,3,1").choices).toMatchObject({
      ...{ isRenumbered: false, temporalKeys: "afterRope", poolingWidths: [7, 5, 3, 1] },
    });
  });

  it.each([
    ["--policy", "gkv", "expected one of tar+van"],
    ["--keep", "8", "expected less than --cap"],
    ["--alpha", "2", "a number from 0 to 1"],
    ["--pooling", "4", "odd numbers"],
    ["--frames", "2", "4 to 1000"],
  ])("refuses %s %s", (flag, text, message) => {
    expect(() => parsed(flag, text)).toThrow(message);
  });

  it("refuses to draw what a file has", () => {
    expect(() => parsed("--streams", "x.jsonl", "--camera", "pans")).toThrow("--camera says how streams are drawn");
    expect(parsed("--streams", "x.jsonl", "--questions", "2").source).toMatchObject({ type: "file", file: "x.jsonl" });
  });

  it("ends with 2 and a hint on bad input", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await main(["--televisions", "9"])).toBe(2);
    expect(error.mock.calls.flat().join(" ")).toMatch(/whole number from 0 to 8.*--help/);
  });
});

describe("streams", () => {
  it("draws the same again, and reads what npm run problems writes", async () => {
    const options = parsed("--count", "2", "--frames", "8", "--questions", "3");
    const drawn = await findStreams(options);
    expect(await findStreams(options)).toEqual(drawn);
    expect(drawn.map(({ words, questions }) => [words.length, questions.length])).toEqual([
      [209, 3],
      [209, 3],
    ]);
    const lines = drawn.map(({ words, ...stream }) => JSON.stringify({ ...stream, stream: words.join(" ") }));
    expect(parseStreams(lines.join("\n"), "file", 6)).toEqual(
      drawn.map((stream) => ({
        ...stream,
        questions: stream.questions.map(({ type, question, answer, moment, lastShown }) => {
          return { type, question, answer, moment, lastShown };
        }),
      })),
    );
    expect(() => parseStreams("{}", "some.jsonl", 6)).toThrow("some.jsonl, line 1 is no stream");
  });

  it("are watched under the cap and asked at their moments", async () => {
    const tokenizer = wordTokenizer(48);
    const opened = {
      loaded: { ...streamModel, tokenizer },
      backend: await createCpuBackend(streamModel),
      summary: { ...streamModel.config, id: "tiny" },
    } as unknown as OpenedModel;
    const frames = drawFrames(10).flatMap((frame) => [...frame]);
    const words = ["w0", ...frames.map((token) => `w${token}`)];
    const question = { type: "A1", question: "w5 w6", answer: "w7", lastShown: 2 };
    const questions = [
      { ...question, moment: 5 },
      { ...question, moment: null },
    ];
    const policy = { policyId: "tar+van", choices: { ...tarVan, capFrames: 5, blockFrames: 2 } } as const;
    const watched = await watchStream(opened, { id: "one", words, questions }, policy);
    expect(watched.slotCapacity).toBe(1 + 5 * frameTokens);
    expect(watched.peakSlots).toBeLessThanOrEqual(watched.slotCapacity);
    // After frames 4 (2 + 2 + 2 would not fit), 5, 7 and 9, and 10.
    expect(watched.compressions).toBe(5);
    expect(watched.questions.map(({ isGone }) => isGone)).toEqual([false, true]);
    const unknown = watchStream(opened, { id: "three", words: words.with(3, "what"), questions }, policy);
    await expect(unknown).rejects.toThrow("no token for");
  });
});

describe("summary", () => {
  const stream = (id: string, rights: readonly boolean[]): WatchedStream => ({
    ...{ id, peakSlots: 200, slotCapacity: 209, compressions: 3, tokens: 100, watchedMs: 500 },
    questions: rights.map((isRight, at) => ({ type: at === 0 ? "A1" : "B1", isRight, isGone: at === 1 })),
  });

  it("takes standard errors over streams", () => {
    const summary = summariseStreams([
      stream("a", [true, true]),
      stream("b", [false, false]),
      stream("c", [true, false]),
    ]);
    expect(summary).toMatchObject({ count: 6, right: 0.5, peakSlots: 200, tokensPerSecond: 200 });
    // Shares 1, 0 and ½ of three streams: deviation ½ over √3.
    expect(summary.rightError).toBeCloseTo(0.5 / Math.sqrt(3), 12);
    expect(summary.question1?.right).toBeCloseTo(2 / 3, 12);
    expect(summary.goneBeforeCap).toMatchObject({ count: 3 });
    expect(summary.types.B1).toMatchObject({ count: 3 });
    expect(summaryLines(summary)[0]).toBe("right                0.500 ± 0.289  of 6");
  });
});

it("counts four only with keys at their positions: the example of the page", async () => {
  const preset = streamPresets.find(({ id }) => id === "positions");
  if (preset === undefined) throw new Error("the page has the example");
  const { lanes, ...stream } = streamRequest(preset.chosen);
  const opened = await openModel("public/models/winnow-stream-1m", "cpu");
  const said = [];
  for (const lane of lanes) {
    const { answers } = await recordStream(opened, lane, stream);
    said.push(answers.map(({ words }) => words[0]));
  }
  expect(said).toEqual([
    ["three", "three"],
    ["four", "four"],
    ["four", "four"],
  ]);
});
