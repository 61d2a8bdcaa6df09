// Brings one file into a part file, whatever the server does: in pieces that are safe once written, digested on the way, from
// where it stopped the last time. It knows neither OPFS nor the network: both come in as arguments.

import { errorMessage, InputError } from "../lib/errors";
import { createSha256, type RunningSha256, type SavedSha256 } from "../lib/sha256";
import { checkMagic, MAGIC_BYTES } from "./magic";

/** What must outlive a killed tab. Bytes behind bytesSafe may be there, and count for nothing. */
export interface PartRecord {
  readonly bytesSafe: number;
  /** Digest of the safe bytes; bytesSafe is a multiple of 64 until the file is whole. */
  readonly digested: SavedSha256 | null;
  /** As the server sent it; null where it cannot be read. */
  readonly etag: string | null;
}

export const emptyPart: PartRecord = { bytesSafe: 0, digested: null, etag: null };

/** A file that can be written at any place. */
export interface PartFile {
  write(bytes: Uint8Array, at: number): void;
  truncate(bytes: number): void;
  flush(): void;
}

export interface WantedFile {
  readonly path: string;
  readonly address: string;
  readonly bytes: number;
}

export interface DownloadEdge {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  /** Resolves early when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly save: (record: PartRecord) => Promise<void>;
  readonly onBytes: (bytes: number) => void;
  /** What the visitor should know while it goes on, in plain words. */
  readonly tell: (notice: string) => void;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Sent to the hub alone: browsers drop it where a hub sends a download on to another origin. */
  readonly token?: string;
}

/** A killed tab loses no more than these. */
export const FLUSH_BYTES = 8 * 2 ** 20;
/** So long may a server say nothing. */
export const STALL_MS = 30_000;
const RETRY_PAUSES_MS = [1000, 4000, 12_000];
const LONGEST_PAUSE_MS = 120_000;

/** Something that may go better the next time. */
class PassingError extends Error {
  constructor(
    message: string,
    readonly afterMs: number | null = null,
  ) {
    super(message);
  }
}

/** The server has another file than the one that was begun. */
class ChangedError extends Error {}

/** A file as far as it has come. */
export interface BegunFile {
  readonly part: PartFile;
  readonly begun: PartRecord;
}

/** Rejects with InputError in plain words, or with the signal's reason; what is safe stays, and the next call goes on there. */
export async function downloadFile(
  file: WantedFile,
  { part, begun }: BegunFile,
  edge: DownloadEdge,
  { signal, token }: DownloadOptions,
): Promise<{ readonly sha256: string }> {
  const writer = createPartWriter(file, part, begun, edge);
  let failures = 0;
  let isRestarted = false;
  while (writer.bytes() < file.bytes) {
    signal.throwIfAborted();
    const before = writer.bytes();
    try {
      await pull(file, writer, edge, { signal, token });
    } catch (error) {
      await writer.rest();
      signal.throwIfAborted();
      if (error instanceof ChangedError) {
        if (isRestarted) throw new InputError(`${file.path}: ${error.message} again and again; try later`);
        isRestarted = true;
        edge.tell(`${file.path}: ${error.message} since the download began; it starts again.`);
        await writer.startAgain();
      } else if (error instanceof PassingError) {
        failures = writer.bytes() - before >= FLUSH_BYTES ? 1 : failures + 1;
        const pauseMs = RETRY_PAUSES_MS.at(failures - 1);
        if (pauseMs === undefined) {
          throw new InputError(
            `${file.path}: ${error.message}, ${failures} times in a row; what has come is kept. Try again, or take the file from disk`,
          );
        }
        const waitMs = Math.min(error.afterMs ?? pauseMs, LONGEST_PAUSE_MS);
        edge.tell(`${file.path}: ${error.message}; trying again in ${Math.ceil(waitMs / 1000)} s.`);
        await edge.wait(waitMs, signal);
      } else throw error;
    }
  }
  signal.throwIfAborted();
  await writer.end();
  return { sha256: writer.digest() };
}

/** One answer of the server, as far as it goes. */
async function pull(
  file: WantedFile,
  writer: PartWriter,
  edge: DownloadEdge,
  { signal, token }: DownloadOptions,
): Promise<void> {
  const stalled = new AbortController();
  const from = writer.bytes();
  const response = await withinStall(stalled, signal, () =>
    edge
      .fetch(file.address, {
        headers: {
          ...(from > 0 && { range: `bytes=${from}-` }),
          ...(token !== undefined && token !== "" && { authorization: `Bearer ${token}` }),
        },
        // A browser that writes a large answer to its cache as well may break the stream.
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.any([signal, stalled.signal]),
      })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof InputError) throw error;
        throw new PassingError(
          `the server could not be reached, or does not let this page read its answer (${errorMessage(error)})`,
        );
      }),
  );
  await writer.accept(await startOf(file, response, writer), response.headers.get("etag"));
  const reader = response.body?.getReader();
  if (reader === undefined) throw new PassingError("the server sent nothing");
  try {
    for (;;) {
      const { done, value } = await withinStall(stalled, signal, () =>
        reader.read().catch((error: unknown) => {
          signal.throwIfAborted();
          throw new PassingError(`the connection broke (${errorMessage(error)})`);
        }),
      );
      if (done) break;
      await writer.add(value);
    }
  } catch (error) {
    stalled.abort();
    throw error;
  }
  if (writer.bytes() < file.bytes) throw new PassingError("the connection ended before the file did");
}

/** Where the answer begins in the file. Throws for an answer that is not the file. */
async function startOf({ path, bytes }: WantedFile, response: Response, writer: PartWriter): Promise<number> {
  const from = writer.bytes();
  const { status, headers } = response;
  const leave = async (error: Error): Promise<never> => {
    await response.body?.cancel().catch(() => undefined);
    throw error;
  };
  if (status === 401 || status === 403) {
    return leave(
      new InputError(
        `${path}: the server refuses it (${status}): it may be gated or private. Accept its terms on its page and give a token here, or download it there and drop the file on this page`,
      ),
    );
  }
  if (status === 404)
    return leave(new InputError(`${path}: the server has no such file; look the repository up again`));
  if (status === 416) return leave(new ChangedError("the file on the server has changed"));
  if (status === 429 || status >= 500) {
    const after = Number(headers.get("retry-after") ?? NaN);
    const words = status === 429 ? "the server asks to wait (429)" : `the server has a problem (${status})`;
    return leave(new PassingError(words, Number.isFinite(after) && after >= 0 ? after * 1000 : null));
  }
  if (status !== 200 && status !== 206) {
    return leave(new InputError(`${path}: expected the file, the server answered ${status}; try again later`));
  }
  if (/^text\/html/i.test(headers.get("content-type") ?? "")) {
    return leave(new InputError(`${path}: expected the file, the server sent a web page; is a login in between?`));
  }
  const etag = headers.get("etag");
  if (from > 0 && etag !== null && writer.etag() !== null && etag !== writer.etag()) {
    return leave(new ChangedError("the file on the server has changed"));
  }
  if (status === 200) return 0;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  // It cannot be read from another origin unless the server exposes it.
  if (range === null) return from;
  if (range[2] !== "*" && Number(range[2]) !== bytes) {
    return leave(new ChangedError(`the file on the server has ${range[2]} bytes and not ${bytes}`));
  }
  if (Number(range[1]) !== from) return leave(new PassingError("the server sent another part than the one asked for"));
  return from;
}

/** Ends what takes longer than a server may be silent, and what the visitor cancels, whether or not it heeds the signal. */
async function withinStall<Result>(
  stalled: AbortController,
  signal: AbortSignal,
  act: () => Promise<Result>,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = (): void => undefined;
  const end = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    timer = setTimeout(() => {
      reject(new PassingError(`nothing has come for ${STALL_MS / 1000} seconds`));
      stalled.abort();
    }, STALL_MS);
  });
  try {
    return await Promise.race([act(), end]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

interface PartWriter {
  /** Written so far, safe or not. */
  bytes(): number;
  etag(): string | null;
  /** An answer begins at this byte: 0 for one that starts again, bytes() for one that goes on. */
  accept(from: number, etag: string | null): Promise<void>;
  add(bytes: Uint8Array): Promise<void>;
  /** Makes safe what can be. */
  rest(): Promise<void>;
  startAgain(): Promise<void>;
  /** All bytes are there. */
  end(): Promise<void>;
  digest(): string;
}

function createPartWriter(file: WantedFile, part: PartFile, begun: PartRecord, edge: DownloadEdge): PartWriter {
  const isUsable =
    begun.digested !== null && begun.digested.byteCount === begun.bytesSafe && begun.bytesSafe <= file.bytes;
  let record = isUsable || begun.bytesSafe === 0 ? begun : emptyPart;
  let running: RunningSha256 = createSha256(record.digested ?? undefined);
  let bytes = record.bytesSafe;
  let flushedBytes = bytes;
  let head = new Uint8Array(0);
  part.truncate(bytes);
  edge.onBytes(bytes);

  const makeSafe = async (): Promise<void> => {
    part.flush();
    flushedBytes = bytes;
    const digested = running.saved();
    record = { ...record, bytesSafe: digested.byteCount, digested };
    await edge.save(record);
  };

  /** Checks the first bytes before any is written. */
  const withHead = (added: Uint8Array): Uint8Array => {
    if (bytes > 0) return added;
    const joined = new Uint8Array(head.length + added.length);
    joined.set(head);
    joined.set(added, head.length);
    head = joined;
    if (joined.length < Math.min(MAGIC_BYTES, file.bytes)) return new Uint8Array(0);
    checkMagic(file.path, joined.subarray(0, MAGIC_BYTES));
    head = new Uint8Array(0);
    return joined;
  };

  const startAgain = async (): Promise<void> => {
    running = createSha256();
    bytes = 0;
    head = new Uint8Array(0);
    part.truncate(0);
    record = emptyPart;
    edge.onBytes(0);
    await makeSafe();
  };

  return {
    bytes: () => bytes,
    etag: () => record.etag,
    async accept(from, etag) {
      if (from < bytes) {
        edge.tell(`${file.path}: the server does not go on where it stopped; the download starts again.`);
        await startAgain();
      }
      head = new Uint8Array(0);
      record = { ...record, etag: etag ?? record.etag };
    },
    async add(added) {
      let rest = withHead(added);
      if (bytes + rest.length > file.bytes) {
        throw new InputError(
          `${file.path}: expected ${file.bytes} bytes, the server sends more; it may have packed or changed the file`,
        );
      }
      while (rest.length > 0) {
        const piece = rest.subarray(0, flushedBytes + FLUSH_BYTES - bytes);
        part.write(piece, bytes);
        running.add(piece);
        bytes += piece.length;
        rest = rest.subarray(piece.length);
        edge.onBytes(bytes);
        if (bytes - flushedBytes >= FLUSH_BYTES) await makeSafe();
      }
    },
    async rest() {
      // What is behind the last whole block of the digest comes again.
      const { byteCount, state } = running.saved();
      if (byteCount < bytes) {
        running = createSha256({ byteCount, state });
        bytes = byteCount;
        part.truncate(bytes);
      }
      await makeSafe();
    },
    startAgain,
    async end() {
      part.flush();
      const digested = running.saved();
      // The last bytes need not fill a block: a whole file has no digest to go on from.
      record = { ...record, bytesSafe: digested.byteCount, digested };
      await edge.save(record);
    },
    digest: () => running.digest(),
  };
}
