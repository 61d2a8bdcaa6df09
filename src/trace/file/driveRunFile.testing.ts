// Runs to store, for tests: plain, compared with the full cache, with evidence, with query heads; and files of them made wrong on purpose.
import fc from "fast-check";
import { expect } from "vitest";
import { InputError } from "../../lib/errors";
import { drawTrace } from "../drawTrace.testing";
import { decodeRunFile, encodeRunFile } from "./runFile";
import type { Trace } from "../trace";
import { packZip, unpackZip } from "./zip";

export const trace = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat`,
);
export const compared = drawTrace(
  { prompt: "The cat sat", isCompared: true },
  `
  on
  the   evicts The | cat
  mat
  now   evicts cat | The
  and`,
);
export const evident = drawTrace(
  { prompt: "The cat sat", hasEvidence: true },
  `
  on
  the   evicts The | cat
  mat
  now   evicts cat | The
  and`,
);
export const headed = drawTrace(
  { prompt: "The cat sat", groupSize: 2, hasHeadTaps: true },
  `
  on
  the   evicts The | cat
  mat`,
);
export const seeds = fc.integer({ min: 0, max: 1e6 });

/** Decodes; anything thrown must be an InputError that names the file. */
export async function decodeOrRefuse(bytes: Uint8Array): Promise<Trace | string> {
  try {
    return await decodeRunFile(bytes, "some.winnow");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toContain("some.winnow");
    return error.message;
  }
}

/** The file with its head's JSON changed and every checksum right. */
export function withHead(change: (head: Json) => void, source: Trace = trace): Promise<Uint8Array> {
  return withEntries(source, (entries) => changeHead(entries, change));
}

export function changeHead(entries: Map<string, Uint8Array>, change: (head: Json) => void): void {
  const head = JSON.parse(new TextDecoder().decode(entries.get("head.json"))) as Json;
  change(head);
  entries.set("head.json", new TextEncoder().encode(JSON.stringify(head)));
}

/** The file with its entries changed and every checksum right. */
export async function withEntries(
  source: Trace,
  change: (entries: Map<string, Uint8Array>) => void,
): Promise<Uint8Array> {
  const entries = new Map(await unpackZip(await encodeRunFile(source), "good.winnow"));
  change(entries);
  return packZip(Array.from(entries, ([name, bytes]) => ({ name, bytes })));
}

export interface Json {
  [key: string]: Json | number | string | boolean | null | Json[] | string[];
}
