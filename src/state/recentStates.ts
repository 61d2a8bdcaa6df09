// The last states of the page, kept in this browser so that one of them can be had back: a link, when, and a title.
// The storage is an argument: a browser may refuse it, fill it up, or hold something else under the name.
import * as v from "valibot";
import { MAX_FRAGMENT_LENGTH } from "../settings/link";

export interface RecentState {
  /** Fragment in its readable form, as encodeLink writes it. */
  readonly link: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

export type KeptTexts = Pick<Storage, "getItem" | "setItem">;

const STORAGE_KEY = "winnow.recentStates";
export const MOST_RECENT_STATES = 30;

const schema = v.array(
  v.object({
    link: v.pipe(v.string(), v.maxLength(MAX_FRAGMENT_LENGTH)),
    title: v.pipe(v.string(), v.maxLength(200)),
    atMs: v.pipe(v.number(), v.finite()),
  }),
);

/** Newest first; empty where nothing is kept or it cannot be read. `storage`: null where the browser has none. */
export function recentStates(storage: KeptTexts | null): readonly RecentState[] {
  try {
    const parsed = v.safeParse(schema, JSON.parse(storage?.getItem(STORAGE_KEY) ?? "[]"));
    return parsed.success ? parsed.output.slice(0, MOST_RECENT_STATES) : [];
  } catch {
    return [];
  }
}

/**
 * Puts a state at the head of the kept ones, once: a link that was kept before moves there. False where the browser does
 * not keep it. Where they do not all fit, the oldest go.
 */
export function rememberState(storage: KeptTexts | null, state: RecentState): boolean {
  if (storage === null) return false;
  const others = recentStates(storage).filter(({ link }) => link !== state.link);
  const kept = [{ ...state, title: state.title.slice(0, 200) }, ...others].slice(0, MOST_RECENT_STATES);
  for (let count = kept.length; count > 0; count = Math.floor(count / 2)) {
    try {
      storage.setItem(STORAGE_KEY, JSON.stringify(kept.slice(0, count)));
      return true;
    } catch {
      // Refused or full: fewer may fit.
    }
  }
  return false;
}
