// Arrangements that the user named: kept in the browser, checked when they are read.
import * as v from "valibot";
import { arrangementSchema, type Arrangement } from "./arrangement";

export interface OwnArrangement {
  readonly title: string;
  readonly arrangement: Arrangement;
}

export const MOST_OWN_ARRANGEMENTS = 12;
export const LONGEST_TITLE = 40;

const title = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LONGEST_TITLE));
const schema = v.object({ title, arrangement: arrangementSchema });

/** Leaves out entries that no longer fit; anything but a list counts as an empty one. */
export function readOwnArrangements(kept: unknown): readonly OwnArrangement[] {
  if (!Array.isArray(kept)) return [];
  const read = kept.map((entry: unknown) => v.safeParse(schema, entry));
  return read.flatMap((parsed) => (parsed.success ? [parsed.output] : [])).slice(0, MOST_OWN_ARRANGEMENTS);
}

/** Under a title that exists, the newer one takes its place. */
export function withOwnArrangement(
  own: readonly OwnArrangement[],
  title: string,
  arrangement: Arrangement,
): readonly OwnArrangement[] {
  const named = title.trim().slice(0, LONGEST_TITLE);
  if (named === "") return own;
  const entry = { title: named, arrangement: { ...arrangement, maximised: null } };
  const isThere = own.some((other) => other.title === named);
  return isThere
    ? own.map((other) => (other.title === named ? entry : other))
    : [...own, entry].slice(-MOST_OWN_ARRANGEMENTS);
}

/** The title stays as it is where it is empty or belongs to another. */
export function renamedArrangement(
  own: readonly OwnArrangement[],
  before: string,
  after: string,
): readonly OwnArrangement[] {
  const named = after.trim().slice(0, LONGEST_TITLE);
  if (named === "" || own.some((other) => other.title === named)) return own;
  return own.map((other) => (other.title === before ? { ...other, title: named } : other));
}

export function withoutOwnArrangement(own: readonly OwnArrangement[], title: string): readonly OwnArrangement[] {
  return own.filter((other) => other.title !== title);
}
