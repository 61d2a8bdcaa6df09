import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { downloadFile, emptyPart, FLUSH_BYTES, STALL_MS, type PartFile, type PartRecord } from "./download";

/** A GGUF file as far as its first bytes tell. */
function drawFile(bytes: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 97) file[at] = (at * 31 + (at >> 8)) & 255;
  file.set(new TextEncoder().encode("GGUF"));
  return file;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

type Answer = (from: number, init: RequestInit) => Response | Promise<Response>;

/** A body in pieces of so many bytes. */
function inPieces(bytes: Uint8Array, pieceBytes = 1 << 16, end: "close" | "break" | "stall" = "close"): ReadableStream {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + pieceBytes));
        at += pieceBytes;
      } else if (end === "close") controller.close();
      else if (end === "break") controller.error(new TypeError("network error"));
      else return new Promise(() => undefined);
      return undefined;
    },
  });
}

function whole(file: Uint8Array, headers: Record<string, string> = {}): Answer {
  return (from) =>
    new Response(inPieces(file.subarray(from)), {
      status: from > 0 ? 206 : 200,
      headers: {
        ...(from > 0 && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` }),
        ...headers,
      },
    });
}

/** Downloads with these answers, one after the other; the last one is given again. */
function drive(file: Uint8Array, answers: readonly Answer[], path = "model.gguf") {
  const stored = { bytes: new Uint8Array(file.length + FLUSH_BYTES), length: 0 };
  const part: PartFile = {
    write(bytes, at) {
      stored.bytes.set(bytes, at);
      stored.length = Math.max(stored.length, at + bytes.length);
    },
    truncate: (bytes) => (stored.length = Math.min(stored.length, bytes)),
    flush: () => undefined,
  };
  const asked: { from: number; headers: Record<string, string> }[] = [];
  const told: string[] = [];
  const records: PartRecord[] = [];
  const run = (options: { begun?: PartRecord; signal?: AbortSignal; token?: string } = {}) =>
    downloadFile(
      { path, address: `https://hub.example/${path}`, bytes: file.length },
      { part, begun: options.begun ?? emptyPart },
      {
        fetch(_, init) {
          const headers = init.headers as Record<string, string>;
          const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
          asked.push({ from, headers });
          return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1](from, init));
        },
        wait: () => Promise.resolve(),
        save: (record) => {
          records.push(record);
          return Promise.resolve();
        },
        onBytes: () => undefined,
        tell: (notice) => told.push(notice),
      },
      { signal: options.signal ?? new AbortController().signal, token: options.token },
    );
  const content = (): Uint8Array => stored.bytes.subarray(0, stored.length);
  return { run, asked, told, records, content, part };
}

const file = drawFile(300_001);

it("brings a file and digests it on the way", async () => {
  const { run, content, asked } = drive(file, [whole(file)]);
  expect(await run()).toEqual({ sha256: sha256(file) });
  expect(Buffer.compare(content(), file)).toBe(0);
  expect(asked[0].headers).toEqual({});
});

it("goes on where the connection broke, and gets the same digest", async () => {
  const broken: Answer = () => new Response(inPieces(file.subarray(0, 200_000), 70_001, "break"));
  const { run, content, asked, told } = drive(file, [broken, whole(file)]);
  expect((await run()).sha256).toBe(sha256(file));
  expect(Buffer.compare(content(), file)).toBe(0);
  // All that had come, to the last whole block of the digest.
  expect(asked.map(({ from }) => from)).toEqual([0, 200_000 - (200_000 % 64)]);
  expect(told.join()).toContain("the connection broke");
});

it("goes on from the record of a tab that was killed, whatever lies behind it in the file", async () => {
  const large = drawFile(2 * FLUSH_BYTES + 100);
  const first = drive(large, [() => new Response(inPieces(large.subarray(0, FLUSH_BYTES + 50_000), 1 << 18, "stall"))]);
  const killed = new AbortController();
  const dead = first.run({ signal: killed.signal });
  await vi.waitFor(() => expect(first.records).toHaveLength(1));
  expect(first.records[0].bytesSafe).toBe(FLUSH_BYTES);
  killed.abort();
  void dead.catch(() => undefined);
  const second = drive(large, [whole(large)]);
  // The new tab has the file of the old one.
  first.content().forEach((byte, at) => (second.content()[at] = byte));
  expect((await second.run({ begun: first.records[0] })).sha256).toBe(sha256(large));
  expect(second.asked.map(({ from }) => from)).toEqual([FLUSH_BYTES]);
});

it("stops at once when it is cancelled, and keeps what has come", async () => {
  const cancelled = new AbortController();
  const { run, records } = drive(file, [
    () => {
      queueMicrotask(() => cancelled.abort(new DOMException("cancelled", "AbortError")));
      return new Response(inPieces(file.subarray(0, 100_000), 50_000, "stall"));
    },
  ]);
  await expect(run({ signal: cancelled.signal })).rejects.toThrow();
  expect(records.at(-1)?.bytesSafe ?? 0).toBeLessThanOrEqual(100_000);
});

it("keeps what is safe when the browser gives no more room", async () => {
  const large = drawFile(FLUSH_BYTES + 1000);
  const { run, records, part } = drive(large, [whole(large)]);
  const write = part.write.bind(part);
  part.write = (bytes, at) => {
    if (at >= FLUSH_BYTES) throw new DOMException("full", "QuotaExceededError");
    write(bytes, at);
  };
  await expect(run()).rejects.toThrow("full");
  expect(records.at(-1)?.bytesSafe).toBe(FLUSH_BYTES);
});

it("sends the token to the address that it was given for", async () => {
  const { run, asked } = drive(file, [whole(file)]);
  await run({ token: "hf_secret" });
  expect(asked[0].headers.authorization).toBe("Bearer hf_secret");
});

describe("a server that lies or fails", () => {
  it.each<[string, Answer, RegExp]>([
    ["is gated", () => new Response("no", { status: 401 }), /may be gated/],
    ["has no such file", () => new Response("no", { status: 404 }), /no such file/],
    [
      "sends a web page",
      () => new Response("<!doctype html><html></html>", { headers: { "content-type": "text/html" } }),
      /sent a web page/,
    ],
    ["sends a web page as bytes", () => new Response(`<!doctype html>${" ".repeat(400_000)}`), /found a web page/],
    ["sends zeros", () => new Response(inPieces(new Uint8Array(file.length))), /unknown kind of file/],
    ["sends more than it said", () => new Response(inPieces(drawFile(400_000))), /expected 300001 bytes/],
  ])("%s: says so and writes nothing of it", async (_, answer, words) => {
    const { run, asked } = drive(file, [answer]);
    await expect(run()).rejects.toThrow(words);
    expect(asked).toHaveLength(1);
  });

  const begun = async (etag?: string): Promise<{ record: PartRecord; etag: string | null }> => {
    const broken: Answer = () =>
      new Response(inPieces(file.subarray(0, 128_000), 64_000, "break"), { headers: etag ? { etag } : {} });
    const { run, records } = drive(file, [broken, () => new Response("", { status: 404 })]);
    await run().catch(() => undefined);
    return { record: records[0], etag: etag ?? null };
  };

  it("starts again where the ETag has changed, and says so", async () => {
    const { record } = await begun('"one"');
    const { run, told, asked } = drive(file, [whole(file, { etag: '"two"' })]);
    expect((await run({ begun: record })).sha256).toBe(sha256(file));
    expect(asked.map(({ from }) => from)).toEqual([128_000, 0]);
    expect(told.join()).toContain("has changed");
  });

  it("starts again where a range is ignored", async () => {
    const { record } = await begun();
    const { run, told } = drive(file, [() => new Response(inPieces(file))]);
    expect((await run({ begun: record })).sha256).toBe(sha256(file));
    expect(told.join()).toContain("starts again");
  });

  it("starts again at another total, but not for ever", async () => {
    const { record } = await begun();
    const other: Answer = (from) =>
      new Response(inPieces(file.subarray(from)), { status: 206, headers: { "content-range": `bytes ${from}-5/7` } });
    const { run } = drive(file, [other]);
    await expect(run({ begun: record })).rejects.toThrow(/again and again/);
  });

  it("starts again at 416", async () => {
    const { record } = await begun();
    const { run } = drive(file, [() => new Response("", { status: 416 }), whole(file)]);
    expect((await run({ begun: record })).sha256).toBe(sha256(file));
  });

  it("waits as long as the server asks, then goes on", async () => {
    const { run, told } = drive(file, [
      () => new Response("", { status: 429, headers: { "retry-after": "7" } }),
      whole(file),
    ]);
    await run();
    expect(told.join()).toContain("in 7 s");
  });

  it("gives up after four attempts that brought nothing, and keeps what has come", async () => {
    const { run, asked } = drive(file, [() => Promise.reject(new TypeError("Failed to fetch"))]);
    await expect(run()).rejects.toThrow(/4 times in a row; what has come is kept/);
    expect(asked).toHaveLength(4);
  });
});

describe("a server that falls silent", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is asked again after a while", async () => {
    const stalls: Answer = () => new Response(inPieces(file.subarray(0, 3), 1, "stall"));
    const { run, told } = drive(file, [stalls, whole(file)]);
    const done = run();
    await vi.advanceTimersByTimeAsync(STALL_MS + 10);
    expect((await done).sha256).toBe(sha256(file));
    expect(told.join()).toContain("nothing has come for 30 seconds");
  });
});
