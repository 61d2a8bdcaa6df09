// The worker that writes models into this browser's storage: from a hub in fetch.html, whose policy it inherits, and from
// files on disk in the page itself. One file at a time, one writer for each model among all tabs.

import { assert, errorMessage, InputError } from "../lib/errors";
import { createSha256 } from "../lib/sha256";
import type { NamedBlob } from "../model/source/blobSource";
import { downloadFile, emptyPart, type DownloadEdge, type PartFile } from "./download";
import { findHub } from "./hubs";
import type { KeepCommand, KeepEvent, KeepPhase } from "./keepMessages";
import {
  announceKept,
  beginModel,
  bytesOfModel,
  bytesThere,
  freeBytes,
  keyOf,
  modelsFolder,
  saveModel,
  storedName,
  writerLock,
} from "./keptModels";
import type { KeptModel, WantedModel } from "./keptModels";
import { fileAddress } from "./listing";
import { isWeightFile, modelDigest } from "./modelFiles";

let present: AbortController | null = null;
/** Requests that the policy of the document turned away. Browsers do not say to which host they were sent on. */
let blockedCount = 0;

self.addEventListener("securitypolicyviolation", () => blockedCount++);

self.onmessage = ({ data }: MessageEvent<KeepCommand>) => {
  if (data.type === "cancel") {
    present?.abort(new DOMException("cancelled", "AbortError"));
    return;
  }
  const job = new AbortController();
  present = job;
  void carryOut(data, job.signal).then(
    (event) => post(event),
    (error: unknown) => post(job.signal.aborted ? { type: "cancelled" } : failure(error)),
  );
};

function post(event: KeepEvent): void {
  self.postMessage(event);
}

function carryOut(command: Exclude<KeepCommand, { type: "cancel" }>, signal: AbortSignal): Promise<KeepEvent> {
  switch (command.type) {
    case "download":
      return keep(command.wanted, hubBytes(command), command.token, signal);
    case "copy":
      return keep(command.wanted, diskBytes(command.wanted, command.files), "", signal);
    case "inspect":
      return inspect(command, signal);
  }
}

interface ByteOrigin {
  readonly addressOf: (path: string) => string;
  readonly fetch: DownloadEdge["fetch"];
}

function hubBytes({ wanted, hub: hubId }: Extract<KeepCommand, { type: "download" }>): ByteOrigin {
  const hub = findHub(hubId);
  const { origin } = wanted;
  if (hub === null || origin.type !== "hub") throw new InputError(`${hubId}: this page does not download from there.`);
  return {
    addressOf: (path) => fileAddress(hub, origin.repository, origin.commit, path),
    async fetch(address, init) {
      const blockedBefore = blockedCount;
      try {
        return await fetch(address, init);
      } catch (error) {
        // The report may come a moment after the refusal.
        await new Promise((resolve) => setTimeout(resolve, VIOLATION_REPORT_MS));
        if (blockedCount === blockedBefore) throw error;
        throw new InputError(
          `${hub.label} sends the download on to a host that this page may not connect to. Download the file there and drop it on Winnow, or tell whoever hosts this page.`,
        );
      }
    },
  };
}

const VIOLATION_REPORT_MS = 100;

/** Files on disk, as a server that never fails would send them. */
function diskBytes(wanted: WantedModel, files: readonly Blob[]): ByteOrigin {
  return {
    addressOf: (path) => path,
    fetch(address, init) {
      const file = files[wanted.files.findIndex(({ path }) => path === address)];
      const range = new Headers(init.headers).get("range");
      const from = Number(/\d+/.exec(range ?? "")?.[0] ?? 0);
      return Promise.resolve(new Response(file.slice(from).stream(), { status: from > 0 ? 206 : 200 }));
    },
  };
}

/** More than the file itself, for what the browser needs beside it. */
const ROOM_SHARE = 1.05;

async function keep(wanted: WantedModel, bytes: ByteOrigin, token: string, signal: AbortSignal): Promise<KeepEvent> {
  const result = await navigator.locks.request(writerLock(await keyOf(wanted)), { ifAvailable: true }, async (lock) => {
    if (lock === null)
      throw new InputError(`${wanted.label} is being written by another tab of this page; let it finish.`);
    // Another tab may have gone on before the lock was free.
    const model = await beginModel(wanted);
    announceKept();
    await checkRoom(model);
    return { type: "kept", key: await keepFiles(model, bytes, { token, signal }) } as const;
  });
  announceKept();
  return result;
}

async function checkRoom(model: KeptModel): Promise<void> {
  const neededBytes = (bytesOfModel(model) - bytesThere(model)) * ROOM_SHARE;
  const free = await freeBytes();
  if (free !== null && free < neededBytes) throw new RoomError(Math.ceil(neededBytes - free));
}

class RoomError extends Error {
  constructor(readonly missingBytes: number) {
    super("The browser gives this page too little room. What has come is kept.");
  }
}

async function keepFiles(
  begun: KeptModel,
  origin: ByteOrigin,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<string> {
  let model = begun;
  const change = async (place: number, values: Partial<KeptModel["files"][number]>): Promise<void> => {
    model = { ...model, files: model.files.map((file, at) => (at === place ? { ...file, ...values } : file)) };
    await saveModel(model);
  };
  const totalBytes = bytesOfModel(model);
  const folder = await modelsFolder();
  let bytesBefore = 0;
  for (const [place, file] of begun.files.entries()) {
    if (file.state !== "whole") {
      const report = progressReport(totalBytes, bytesBefore);
      const part = await openPart(folder, storedName(begun.key, place), file.path);
      try {
        // A damaged file starts again.
        const from = file.state === "damaged" || part.bytes() < file.part.bytesSafe ? emptyPart : file.part;
        const wanted = { ...file, address: origin.addressOf(file.path) };
        const edge: DownloadEdge = {
          fetch: origin.fetch,
          wait: waitFor,
          save: (record) => change(place, { part: record, state: "partial" }),
          onBytes: (bytes) => report("getting", bytes),
          tell: (message) => post({ type: "notice", message }),
        };
        report("asking", from.bytesSafe, true);
        const { sha256 } = await downloadFile(wanted, { part, begun: from }, edge, { signal, token });
        report("checking", file.bytes, true);
        const isRight = file.sha256 === null || file.sha256 === sha256;
        await change(place, { state: isRight ? "whole" : "damaged", digest: sha256 });
        if (!isRight) {
          throw new InputError(
            `${file.path}: expected the SHA-256 ${file.sha256}, what came has ${sha256}: at least one byte is wrong. It is never run; delete it, or get it again.`,
          );
        }
      } finally {
        part.close();
        announceKept();
      }
    }
    bytesBefore += file.bytes;
  }
  return model.key;
}

interface OpenPart extends PartFile {
  bytes(): number;
  close(): void;
}

async function openPart(folder: FileSystemDirectoryHandle, name: string, path: string): Promise<OpenPart> {
  const handle = await folder.getFileHandle(name, { create: true });
  let access: FileSystemSyncAccessHandle;
  try {
    access = await handle.createSyncAccessHandle();
  } catch {
    throw new InputError(`${path}: another tab of this page has the file open; close it, then try again.`);
  }
  return {
    bytes: () => access.getSize(),
    write(bytes, at) {
      // A full disk may take less than it was given. In a private window of Chromium the number is then a negative one read as
      // unsigned, and so a large one.
      const written = access.write(bytes, { at });
      if (written !== bytes.length) throw new DOMException("the disk is full", "QuotaExceededError");
    },
    truncate(bytes) {
      if (access.getSize() > bytes) access.truncate(bytes);
    },
    flush: () => access.flush(),
    close: () => access.close(),
  };
}

/** So often does a growing file report itself. */
const REPORT_MS = 100;

function progressReport(totalBytes: number, bytesBefore: number) {
  let reportedMs = -Infinity;
  return (phase: KeepPhase, bytes: number, isDue = false): void => {
    const nowMs = performance.now();
    if (!isDue && nowMs - reportedMs < REPORT_MS) return;
    reportedMs = nowMs;
    post({ type: "progress", phase, bytes: bytesBefore + bytes, totalBytes });
  };
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function inspect(
  { files, sha256: known }: Extract<KeepCommand, { type: "inspect" }>,
  signal: AbortSignal,
): Promise<KeepEvent> {
  // The document that only downloads does without this code.
  const { inspectModel } = await import("./inspectModel");
  const facts = await inspectModel(files);
  const weights = files.filter(({ path }) => isWeightFile(path));
  const sha256 = known ?? modelDigest(await digestFiles(weights, signal));
  assert(sha256 !== null, "a model has weights");
  return { type: "inspected", facts, sha256 };
}

async function digestFiles(
  files: readonly NamedBlob[],
  signal: AbortSignal,
): Promise<readonly { readonly path: string; readonly digest: string }[]> {
  const totalBytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
  const digests: { path: string; digest: string }[] = [];
  let bytesBefore = 0;
  for (const { path, blob } of files) {
    const running = createSha256();
    const report = progressReport(totalBytes, bytesBefore);
    let bytes = 0;
    const reader = blob.stream().getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      signal.throwIfAborted();
      running.add(part.value);
      bytes += part.value.length;
      report("checking", bytes);
    }
    digests.push({ path, digest: running.digest() });
    bytesBefore += blob.size;
  }
  return digests;
}

function failure(error: unknown): KeepEvent {
  if (error instanceof RoomError) return { type: "failed", message: error.message, missingBytes: error.missingBytes };
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return { type: "failed", message: new RoomError(0).message, missingBytes: 0 };
  }
  return { type: "failed", message: errorMessage(error) };
}
