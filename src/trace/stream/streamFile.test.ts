import { beforeAll, describe, expect, it } from "vitest";
import { decodeSavedRun, encodeSavedRun, isStreamTrace } from "../file/savedRun";
import { packZip, unpackZip } from "../file/zip";
import { drawTrace } from "../drawTrace.testing";
import { drawStreamTrace } from "./drawStreamTrace.testing";
import { decodeStreamFile, encodeStreamFile, streamFileStem } from "./streamFile";
import type { StreamTrace } from "./streamTrace";

let trace: StreamTrace;
let bytes: Uint8Array;
beforeAll(async () => {
  trace = await drawStreamTrace({ frames: 18 });
  bytes = await encodeStreamFile(trace);
});

/** The file with its head changed. */
async function withHead(change: (head: Record<string, unknown>) => void): Promise<Uint8Array> {
  const contents = await unpackZip(bytes, "a file");
  const entries = [...contents].map(([name, content]) => {
    if (name !== "stream.json") return { name, bytes: content };
    const head = JSON.parse(new TextDecoder().decode(content)) as Record<string, unknown>;
    change(head);
    return { name, bytes: new TextEncoder().encode(JSON.stringify(head)) };
  });
  return packZip(entries);
}

describe("the run file of a stream", () => {
  it("gives back the very trace, whatever it holds", async () => {
    expect(await decodeStreamFile(bytes, "one")).toEqual(trace);
    const others = [
      await drawStreamTrace({ frames: 16, policyId: "snapkv" }),
      await drawStreamTrace({ frames: 12, policyId: "full", questionCount: 1 }),
      await drawStreamTrace({ frames: 20, seenFrames: 9, choices: { capFrames: 4 } }),
      await drawStreamTrace({ frames: 4, seenFrames: 0, questionCount: 0 }),
    ];
    for (const other of others) expect(await decodeStreamFile(await encodeStreamFile(other), "other")).toEqual(other);
    const silent = { ...trace, answers: trace.answers.map((answer) => ({ ...answer, attention: noRows(4) })) };
    expect(await decodeStreamFile(await encodeStreamFile(silent), "silent")).toEqual(silent);
  });

  it("is told apart from a run of text", async () => {
    const text = drawTrace({ prompt: "The cat sat" }, "on\nthe evicts The | cat\nmat");
    expect(isStreamTrace(await decodeSavedRun(bytes, "a stream"))).toBe(true);
    expect(isStreamTrace(await decodeSavedRun(await encodeSavedRun(text), "a run"))).toBe(false);
    expect(await encodeSavedRun(trace)).toEqual(bytes);
    await expect(decodeSavedRun(new Uint8Array(9), "nothing")).rejects.toThrow("nothing is not a run of Winnow");
  });

  it("is refused where it contradicts itself, by name", async () => {
    const broken = async (change: (head: Record<string, never>) => void) =>
      decodeStreamFile(await withHead(change as (head: Record<string, unknown>) => void), "it.winnow");
    await expect(broken((head) => ((head.version as unknown) = 2))).rejects.toThrow(
      "it.winnow, stream.json: version 2",
    );
    await expect(broken((head) => ((head.blockCount as unknown) = 3))).rejects.toThrow("it.winnow, blocks/framesSeen");
    await expect(broken((head) => ((head.end as unknown) = "never"))).rejects.toThrow("stream.json: end");
    await expect(broken((head) => ((head.frameCount as unknown) = 1 << 20))).rejects.toThrow("longer than this page");
    await expect(broken((head) => ((head.texts as unknown) = ["one"]))).rejects.toThrow("there is no text");
    const askedLater = broken(({ answers }) => {
      const [answer] = answers as unknown as { asked: { moment: number } }[];
      answer.asked.moment = 1000;
    });
    await expect(askedLater).rejects.toThrow("a question is asked after frame 1000");
    await expect(decodeStreamFile(bytes.subarray(0, -40), "it.winnow")).rejects.toThrow("it.winnow is damaged");
  });

  it("has a name that says what it is", () => {
    expect(streamFileStem(trace)).toBe("winnow-stream-18x3-5-tar-van-M8");
  });
});

function noRows(headCount: number) {
  return { offsets: new Int32Array(headCount + 1), values: new Float32Array(0) };
}
