// What a record takes in memory: its typed arrays, each buffer once, its texts, and a guess at the objects that hold them.

const OBJECT_BYTES = 40;
const NUMBER_BYTES = 8;

export function heldBytes(value: unknown, seen: Set<object> = new Set()): number {
  if (typeof value === "string") return OBJECT_BYTES + 2 * value.length;
  if (typeof value !== "object" || value === null) return NUMBER_BYTES;
  const counted = ArrayBuffer.isView(value) ? value.buffer : value;
  if (seen.has(counted)) return NUMBER_BYTES;
  seen.add(counted);
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.buffer.byteLength;
  return Object.values(value).reduce<number>((sum, part) => sum + heldBytes(part, seen), OBJECT_BYTES);
}
