import { beforeAll, describe, expect, it } from "vitest";
import { drawStreamTrace } from "./drawStreamTrace.testing";
import { checkStreamProof, encodeStreamProof, parseStreamProof, proveStream, streamVerdictWords } from "./streamProof";
import type { StreamTrace } from "./streamTrace";

let trace: StreamTrace;
let long: StreamTrace;
beforeAll(async () => {
  trace = await drawStreamTrace({ frames: 20 });
  long = await drawStreamTrace({ frames: 90, choices: { capFrames: 4 }, questionCount: 2 });
});

const words = (of: StreamTrace, here: StreamTrace): string => {
  const proof = parseStreamProof(encodeStreamProof(proveStream(of)));
  if (proof === null) throw new Error("no proof");
  return streamVerdictWords(checkStreamProof(proof, here));
};

/** With another token in an answer. */
function withOtherAnswer(of: StreamTrace, place: number): StreamTrace {
  const answers = of.answers.map((answer, at) =>
    at === place ? { ...answer, tokens: answer.tokens.map((token) => token + 1) } : answer,
  );
  return { ...of, answers };
}

/** With another position in a compression. */
function withOtherSurvivor(of: StreamTrace, place: number): StreamTrace {
  const compressions = of.compressions.map((compression, at) => {
    if (at !== place) return compression;
    const values = compression.kept.values.slice();
    values[3]++;
    return { ...compression, kept: { ...compression.kept, values } };
  });
  return { ...of, compressions };
}

describe("the proof of a stream", () => {
  it("is reproduced by the stream itself, and stays short", () => {
    expect(words(trace, trace)).toMatch(
      /^Reproduced exactly: the same 4 answers; the same survivors of \d+ compressions/,
    );
    expect(words(long, long)).toMatch(/^Reproduced exactly/);
    expect(long.compressions.length).toBeGreaterThan(64);
    expect(encodeStreamProof(proveStream(long)).length).toBeLessThan(100);
  });

  it("names the answer that differs", () => {
    const { asked } = trace.answers[2];
    const text = words(trace, withOtherAnswer(trace, 2));
    expect(text).toContain(`asked “${asked.question}” after ${asked.moment} frame`);
    expect(text).toContain("The survivors are the same.");
  });

  it("names the frame from which survivors differ, within the compressions of a mark", () => {
    const { framesSeen } = trace.compressions[3];
    expect(words(trace, withOtherSurvivor(trace, 3))).toBe(
      `The same 4 answers, but not the same survivors from frame ${framesSeen} on.`,
    );
    const since = Number(/frame (\d+)/.exec(words(long, withOtherSurvivor(long, 40)))?.[1]);
    expect(long.compressions[40].framesSeen - since).toBeGreaterThanOrEqual(0);
    expect(long.compressions[40].framesSeen - since).toBeLessThan(5);
  });

  it("does not blame a stream that was stopped for what it has not seen", () => {
    const part = { ...trace, answers: trace.answers.slice(0, 1), compressions: trace.compressions.slice(0, 2) };
    expect(words(trace, { ...part, end: "stopped" })).toContain("stopped before its end");
    expect(words(trace, { ...part, end: "whole" })).toContain("Not reproduced");
    expect(words(trace, { ...withOtherAnswer(part, 0), end: "stopped" })).toContain("Not reproduced");
  });

  it("is none when it was cut or is no text of ours", () => {
    const text = encodeStreamProof(proveStream(trace));
    for (const other of [text.slice(0, -1), `${text}0`, "", "1..0.0", text.replace(".", "._")]) {
      expect(parseStreamProof(other)).toBeNull();
    }
  });
});
