// The palette's search: every typed word must start a word of the command, in any order; a number means a step. Pure.
import type { PageCommand } from "./pageCommands";

/** Nobody reads more; typing on finds the rest. */
const MOST_LISTED = 60;

export interface FoundCommands {
  readonly listed: readonly PageCommand[];
  readonly unlistedCount: number;
}

export function foundCommands(commands: readonly PageCommand[], search: string): FoundCommands {
  const typed = wordsOf(search);
  const found =
    typed.length === 0
      ? commands.filter((command) => !command.isOnlyFound)
      : commands
          .map((command) => ({ command, rank: rankOf(command, typed) }))
          .filter(({ rank }) => rank > 0)
          .sort((one, other) => other.rank - one.rank)
          .map(({ command }) => command);
  return { listed: found.slice(0, MOST_LISTED), unlistedCount: Math.max(0, found.length - MOST_LISTED) };
}

/** The step that "43", "step 43" or "go to step 43" asks for. */
export function stepSearched(search: string): number | null {
  const digits = /^\s*(?:go\s+)?(?:to\s+)?(?:step\s*)?(\d{1,7})\s*$/i.exec(search)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** 0 if a word is missing. Label words count more than others, whole words more than prefixes, and order counts. */
function rankOf({ label, group, words }: PageCommand, typed: readonly string[]): number {
  const labelWords = wordsOf(label);
  const otherWords = wordsOf(`${group} ${words}`);
  let rank = 0;
  for (const word of typed) {
    if (labelWords.includes(word)) rank += 4;
    else if (labelWords.some((other) => other.startsWith(word))) rank += 3;
    else if (otherWords.some((other) => other.startsWith(word))) rank += 1;
    else return 0;
  }
  return isInOrder(typed, labelWords) ? rank + 2 : rank;
}

/** "layer 2 head 1" means layer 2, not head 2. */
function isInOrder(typed: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  for (const word of words) if (typed[at] !== undefined && word.startsWith(typed[at])) at++;
  return at === typed.length;
}

/** "G-KV" is found by "gkv", "g-kv" and "kv". */
function wordsOf(text: string): readonly string[] {
  const parts = text.toLowerCase().split(/[\s,:;.]+/);
  const variants = (part: string) => [part.replace(/[^\p{L}\p{N}]/gu, ""), ...part.split(/[^\p{L}\p{N}]+/u)];
  return parts.flatMap((part) => [...new Set(variants(part))]).filter((word) => word !== "");
}
