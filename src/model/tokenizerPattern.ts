// Patterns of a tokenizer come from a file and run on every prompt. One like (a+)+$ takes time exponential in the
// text; the patterns of published tokenizers repeat single characters and classes, never groups. What is left can be slow
// (a polynomial in the length of the prompt), not endless.

const maxPatternLength = 10_000;

/** Why a pattern is refused, or null. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > maxPatternLength) return `is longer than ${maxPatternLength} characters`;
  return repeatsGroup(pattern) ? "repeats a group and could take for ever" : null;
}

function repeatsGroup(pattern: string): boolean {
  let classDepth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "[") classDepth++;
    else if (character === "]") classDepth = Math.max(0, classDepth - 1);
    else if (character === ")" && classDepth === 0 && /^[*+{]/.test(pattern.slice(at + 1, at + 2))) {
      return true;
    }
  }
  return false;
}
