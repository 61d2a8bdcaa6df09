// Reads a case file: untrusted JSON to typed values. Every failure names the field, what was expected and what was found.
import { InputError } from "../../src/lib/errors";

/** A value and its path, for messages. */
export interface Field {
  readonly value: unknown;
  readonly path: string;
}

/** An array of numbers with its shape; row-major, the last axis fastest. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** An array of booleans, one byte each. */
export interface BitTensor {
  readonly data: Uint8Array;
  readonly shape: readonly number[];
}

/** Integers in lists in lists, as JSON holds them. */
export type NestedIntegers = number | readonly NestedIntegers[];

export function rootField(value: unknown): Field {
  return { value, path: "" };
}

export function fieldOf(parent: Field, name: string): Field {
  const path = parent.path === "" ? name : `${parent.path}.${name}`;
  if (!isRecord(parent.value)) throw expected(parent, "an object");
  if (!Object.hasOwn(parent.value, name)) throw new InputError(`${path} is missing`);
  return { value: parent.value[name], path };
}

/** Null if the field is absent or null. */
export function optionalField(parent: Field, name: string): Field | null {
  if (!isRecord(parent.value)) throw expected(parent, "an object");
  const value = parent.value[name];
  return value === undefined || value === null ? null : fieldOf(parent, name);
}

export function itemsOf(field: Field): Field[] {
  if (!Array.isArray(field.value)) throw expected(field, "a list");
  return field.value.map((value: unknown, at) => ({ value, path: `${field.path}[${at}]` }));
}

export function numberOf(field: Field): number {
  if (typeof field.value !== "number") throw expected(field, "a number");
  return field.value;
}

/** Counts and sizes. The bound keeps a broken file from exhausting memory. */
export function countOf(field: Field): number {
  const count = numberOf(field);
  if (!Number.isInteger(count) || count < 0 || count > 1e6) throw expected(field, "a count up to a million");
  return count;
}

export function textOf(field: Field): string {
  if (typeof field.value !== "string") throw expected(field, "a text");
  return field.value;
}

export function booleanOf(field: Field): boolean {
  if (typeof field.value !== "boolean") throw expected(field, "true or false");
  return field.value;
}

export function oneOf<Choice extends string>(field: Field, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === field.value);
  if (found === undefined) throw expected(field, `one of ${choices.join(", ")}`);
  return found;
}

export function integersOf(field: Field): NestedIntegers {
  const check = (value: unknown): NestedIntegers => {
    if (Number.isInteger(value)) return value as number;
    if (Array.isArray(value)) return value.map(check);
    throw expected(field, "integers in nested lists");
  };
  return check(field.value);
}

export function integerListOf(field: Field): number[] {
  const list = integersOf(field);
  if (typeof list === "number") throw expected(field, "a list of integers");
  return list.map((item) => {
    if (typeof item !== "number") throw expected(field, "a flat list of integers");
    return item;
  });
}

/** `{"dtype":"f32","shape":[…],"b64":"…"}`, of the given shape. */
export function tensorOf(field: Field, shape: readonly number[]): Tensor {
  if (fieldOf(field, "dtype").value !== "f32") throw expected(fieldOf(field, "dtype"), "f32");
  checkShape(field, shape);
  const encoded = fieldOf(field, "b64");
  const bytes = bytesOf(encoded);
  if (bytes.length !== 4 * countItems(shape)) {
    throw expected(encoded, `${4 * countItems(shape)} bytes for shape [${shape.join(", ")}] (not ${bytes.length})`);
  }
  const view = new DataView(bytes.buffer);
  return { data: Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true)), shape };
}

/** `{"dtype":"bits","shape":[…],"rows":["0101…", …]}`, of the given shape. */
export function bitsOf(field: Field, shape: readonly number[]): BitTensor {
  if (fieldOf(field, "dtype").value !== "bits") throw expected(fieldOf(field, "dtype"), "bits");
  checkShape(field, shape);
  const width = shape[shape.length - 1];
  const rows = itemsOf(fieldOf(field, "rows"));
  const data = new Uint8Array(countItems(shape));
  if (rows.length * width !== data.length) throw expected(field, `${data.length / width} rows (not ${rows.length})`);
  rows.forEach((row, at) => {
    if (typeof row.value !== "string" || row.value.length !== width || /[^01]/.test(row.value)) {
      throw expected(row, `a string of ${width} zeros and ones`);
    }
    data.set(Array.from(row.value, Number), at * width);
  });
  return { data, shape };
}

/** Numbers that JSON holds in nested lists, flattened, of the given shape. */
export function nestedNumbersOf(field: Field, shape: readonly number[]): Tensor {
  const data: number[] = [];
  const visit = (item: Field, depth: number): void => {
    if (depth === shape.length) {
      data.push(numberOf(item));
      return;
    }
    const items = itemsOf(item);
    if (items.length !== shape[depth]) throw expected(item, `${shape[depth]} items`);
    items.forEach((inner) => visit(inner, depth + 1));
  };
  visit(field, 0);
  return { data: Float32Array.from(data), shape };
}

/** Item `at` of the first axis; a view. */
export function sliceOf(tensor: Tensor, at: number): Tensor {
  const shape = tensor.shape.slice(1);
  const size = countItems(shape);
  return { data: tensor.data.subarray(at * size, (at + 1) * size), shape };
}

/** Rows `from` … `to − 1` of every head of a [head][row][width] array, without gaps. */
export function rowsOfHeads(rows: Tensor, from: number, to: number): Float32Array {
  const [headCount, , width] = rows.shape;
  const cut = new Float32Array(headCount * (to - from) * width);
  for (let head = 0; head < headCount; head++) {
    cut.set(sliceOf(rows, head).data.subarray(from * width, to * width), head * (to - from) * width);
  }
  return cut;
}

function countItems(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function checkShape(field: Field, shape: readonly number[]): void {
  const found = integerListOf(fieldOf(field, "shape"));
  if (found.join() !== shape.join()) throw expected(fieldOf(field, "shape"), `[${shape.join(", ")}]`);
}

/** Base64. */
export function bytesOf(field: Field): Uint8Array {
  if (typeof field.value !== "string") throw expected(field, "a base64 string");
  try {
    return Uint8Array.from(atob(field.value), (character) => character.charCodeAt(0));
  } catch {
    throw new InputError(`${field.path} is not base64`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function expected(field: Field, what: string): InputError {
  const found = JSON.stringify(field.value) ?? "nothing";
  const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
  return new InputError(`${field.path || "the file"}: expected ${what}, found ${shown}`);
}
