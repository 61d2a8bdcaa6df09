// Reads untrusted JSON records field by field; each refusal names the file, the field, what was expected and what was found.

import { InputError } from "../lib/errors";

export interface Fields {
  /** For messages: the file, and the record inside it. */
  readonly file: string;
  readonly values: ReadonlyMap<string, unknown>;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

const nextStep = "export the model again";

export function parseFields(text: string, file: string): Fields {
  refusePointer(text, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = parsePythonJson(text, file);
  }
  return recordFields(value, file);
}

/**
 * Python writes NaN and Infinity, which are not JSON. They are read as strings here, so that no field takes them for a
 * number.
 */
function parsePythonJson(text: string, file: string): unknown {
  const quoted = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?(?:NaN|Infinity)/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  );
  try {
    return JSON.parse(quoted);
  } catch {
    throw new InputError(`${file}: expected JSON, found ${excerpt(text)}; download the file again`);
  }
}

/** Git LFS keeps large files elsewhere, and a clone without it has a few lines in their place. */
export function refusePointer(start: string, file: string): void {
  if (!start.startsWith("version https://git-lfs.github.com/spec/")) return;
  throw new InputError(
    `${file}: expected the file itself, found a Git LFS pointer to it; run git lfs pull, or download the file from its page`,
  );
}

/** UTF-8 text of a file's bytes. */
export function parseText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}: expected UTF-8 text, found other bytes; download the file again`);
  }
}

export function recordFields(value: unknown, file: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(`${file}: expected a JSON object, found ${describe(value)}; ${nextStep}`);
  }
  return { file, values: new Map(Object.entries(value)) };
}

/** Whether the field is there and not null: exports write null for what does not apply. */
export function hasField(fields: Fields, name: string): boolean {
  return (fields.values.get(name) ?? null) !== null;
}

export function wholeNumberField(fields: Fields, name: string, { low, high }: Range): number {
  const value = fields.values.get(name);
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
    throw fieldError(fields, name, `a whole number from ${low} to ${high}`);
  }
  return value;
}

/** A finite number in the range, both ends included. */
export function numberField(fields: Fields, name: string, { low, high }: Range): number {
  const value = fields.values.get(name);
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw fieldError(fields, name, `a number from ${low} to ${high}`);
  }
  return value;
}

/** True or false; false where the field is missing or null. */
export function flagField(fields: Fields, name: string): boolean {
  const value = fields.values.get(name) ?? false;
  if (typeof value !== "boolean") throw fieldError(fields, name, "true or false");
  return value;
}

export function fieldError(fields: Fields, name: string, expected: string): InputError {
  const found = fields.values.has(name) ? describe(fields.values.get(name)) : "no such field";
  return new InputError(`${fields.file}: ${name} must be ${expected}, found ${found}; ${nextStep}`);
}

/** A short name for any JSON value, however large: it ends up in a notice. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) {
    const isPlain = value.length <= 4 && value.every((item) => typeof item !== "object");
    return isPlain ? `[${value.map(describe).join(", ")}]` : `a list of ${value.length}`;
  }
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") return excerpt(value);
  return String(value);
}

/** The beginning of a text in quotes, control characters written out. */
export function excerpt(text: string): string {
  const limit = 60;
  return text === "" ? "nothing" : JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}
