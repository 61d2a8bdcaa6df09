// Patterns of a tokenizer come from a file and run on every prompt. One like (a+)+$ takes time exponential in the
// text, and (a*)(a*)(a*)(a*)b its fourth power; the patterns of published tokenizers repeat single characters and classes,
// never groups, and at most two of them without bound in one alternative.

const maxPatternLength = 10_000;
const maxUnboundedRepeats = 3;

/** Why a pattern is refused, or null. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > maxPatternLength) return `is longer than ${maxPatternLength} characters`;
  let classDepth = 0;
  let groupDepth = 0;
  let unboundedCount = 0; // of the present alternative of the whole pattern
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "[") classDepth++;
    else if (character === "]") classDepth = Math.max(0, classDepth - 1);
    else if (classDepth > 0) continue;
    else if (character === "(") groupDepth++;
    else if (character === ")") {
      if (/^[*+{]/.test(pattern.slice(at + 1))) return "repeats a group and could take for ever";
      groupDepth--;
    } else if (character === "|" && groupDepth === 0) unboundedCount = 0;
    else if (/^(?:[*+]|\{\d+,\})/.test(pattern.slice(at, at + 12)) && ++unboundedCount > maxUnboundedRepeats) {
      return `repeats more than ${maxUnboundedRepeats} pieces without bound and could take for ever`;
    }
  }
  return null;
}
