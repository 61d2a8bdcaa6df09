// Runs to store, for tests: plain, compared with the full cache, with evidence, with query heads; and files of them made wrong on purpose.
import fc from "fast-check";
import { expect } from "vitest";
import { InputError } from "../../lib/errors";
import { crc32 } from "./crc32";
import { drawTrace } from "../drawTrace.testing";
import { joinBytes } from "./joinBytes";
import { decodeRunFile, encodeRunFile } from "./runFile";
import { packSections, unpackSections } from "./runFileSections";
import type { Trace } from "../trace";

export const trace = drawTrace(
  { prompt: "The cat sat" },
  `
  on
  the   evicts The | cat
  mat`,
);
export const compared = drawTrace(
  { prompt: "The cat sat", hasLoyalty: true },
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
export async function withHead(change: (head: Json) => void, source: Trace = trace): Promise<Uint8Array> {
  const sections = await unpackSections(await encodeRunFile(source), "good.winnow");
  const head = JSON.parse(new TextDecoder().decode(sections.head)) as Json;
  change(head);
  return packSections({ ...sections, head: new TextEncoder().encode(JSON.stringify(head)) });
}

export interface Json {
  [key: string]: Json | number | string | boolean | null | Json[] | string[];
}

export function section(tag: string, rawLength: number, stored: Uint8Array): Uint8Array {
  const header = new Uint8Array(16);
  header.set(new TextEncoder().encode(tag));
  const view = new DataView(header.buffer);
  view.setUint32(4, rawLength, true);
  view.setUint32(8, stored.length, true);
  view.setUint32(12, crc32(header.subarray(0, 12), stored), true);
  return joinBytes([header, stored]);
}
