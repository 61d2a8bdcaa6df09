// Patterns of a tokenizer are written for Oniguruma, as the tokenizers library runs them. This translates those constructs
// that mean the same in JavaScript and refuses the others by name.
//
// Patterns come from a file and run on every prompt. One like (a+)+$ takes time exponential in the text, and
// (a*)(a*)(a*)(a*)b its fourth power; the patterns of published tokenizers repeat single characters and classes,
// never groups, and at most two of them without bound in one alternative.

const maxPatternLength = 10_000;
const maxUnboundedRepeats = 3;

/** Oniguruma's \s, \d and the categories that published patterns name; both sides read them as Unicode defines them. */
const classEscapes: Readonly<Record<string, string>> = {
  s: "\\p{White_Space}",
  S: "\\P{White_Space}",
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  n: "\\n",
  r: "\\r",
  t: "\\t",
};
const properties: Readonly<Record<string, string>> = {
  ...Object.fromEntries("L Lu Ll Lt Lm Lo M Mn Mc N Nd Nl No P S Z Zs".split(" ").map((name) => [name, name])),
  Han: "Script=Han",
};
/** All that (?i:…) may hold. Oniguruma also takes ß for ss, ﬁ for fi and so on, so such pairs of letters are left out. */
const contractions = /^\(\?i:'(?!\w*(?:ss|st|f[fil]))[A-Z]+(?:\|'(?!\w*(?:ss|st|f[fil]))[A-Z]+)*\)/i;
/** Letters beyond ASCII that fold to one of ASCII: long s, and the sign for kelvin. */
const foldedLetters: Readonly<Record<string, string>> = { s: "\u017f", k: "\u212a" };
const syntaxCharacters = "^$\\.*+?()[]{}|/";

export interface Pattern {
  readonly regex: RegExp;
  /** Whether it tells punctuation and symbols apart from other characters. */
  readonly namesSymbols: boolean;
}

/** The pattern in JavaScript, or why it is refused. */
export function readPattern(source: string): Pattern | string {
  const fault = patternFault(source);
  if (fault !== null) return fault;
  try {
    const regex = new RegExp(translate(source), "gu");
    if (new RegExp(regex.source, "u").test("")) return "matches the empty text";
    return { regex, namesSymbols: /\\[pP]\{[PSZ]/.test(source) };
  } catch (error) {
    return error instanceof UnsupportedPattern ? error.message : "JavaScript cannot read";
  }
}

class UnsupportedPattern extends Error {}

function translate(source: string): string {
  const foldedGroups: boolean[] = [];
  let text = "";
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const isFolded = foldedGroups.at(-1) ?? false;
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest);
    if (character === "\\") {
      const [escaped, length] = readEscape(rest);
      text += escaped;
      at += length;
    } else if (character === "[") {
      const [translated, length] = readClass(rest);
      text += translated;
      at += length;
    } else if (character === "(") {
      const opening = /^\((?:\?(?:i:|:|!|=)|(?!\?))/.exec(rest);
      if (opening === null) throw new UnsupportedPattern(`uses the group ${rest.slice(0, 4)}…`);
      if (opening[0] === "(?i:" && !contractions.test(rest)) throw new UnsupportedPattern("uses (?i:…)");
      foldedGroups.push(isFolded || opening[0] === "(?i:");
      text += /[!=]/.test(opening[0]) ? opening[0] : "(?:";
      at += opening[0].length;
    } else if (quantifier !== null) {
      if (source[at + quantifier[0].length] === "+") throw new UnsupportedPattern("uses a possessive repeat");
      // Oniguruma reads x{2}? as “twice or not at all”.
      if (/^\{\d+\}\?/.test(quantifier[0])) throw new UnsupportedPattern(`uses ${quantifier[0]}`);
      text += quantifier[0];
      at += quantifier[0].length;
    } else {
      if ("^${".includes(character)) throw new UnsupportedPattern(`uses ${character}`);
      if (character === ")") foldedGroups.pop();
      text += character === "." ? "[^\\n]" : literal(character, isFolded);
      at += character.length;
    }
  }
  return text;
}

function literal(character: string, isFolded: boolean): string {
  if (isFolded && /[A-Za-z]/.test(character)) {
    const small = character.toLowerCase();
    return `[${small}${character.toUpperCase()}${foldedLetters[small] ?? ""}]`;
  }
  return "]}/".includes(character) ? `\\${character}` : character;
}

/** What stands at the beginning of `rest`, translated, and how long it is. */
function readEscape(rest: string): [string, number] {
  const property = /^\\([pP])\{(\w+)\}/.exec(rest);
  if (property !== null && property[2] in properties) {
    return [`\\${property[1]}{${properties[property[2]]}}`, property[0].length];
  }
  const codePoint = /^\\u[0-9A-Fa-f]{4}/.exec(rest);
  if (codePoint !== null) return [codePoint[0], codePoint[0].length];
  const next = rest[1] ?? "";
  if (next in classEscapes) return [classEscapes[next], 2];
  if (/^[!-/:-@[-`{-~ ]$/.test(next)) {
    return [syntaxCharacters.includes(next) || next === "-" ? escapedLiteral(next) : next, 2];
  }
  throw new UnsupportedPattern(`uses ${property?.[0] ?? rest.slice(0, 2)}`);
}

/** A hyphen may be escaped inside a class only, where its code means the same. */
function escapedLiteral(character: string): string {
  return character === "-" ? "\\x2d" : `\\${character}`;
}

function readClass(rest: string): [string, number] {
  let at = rest.startsWith("[^") ? 2 : 1;
  let text = rest.slice(0, at);
  const first = at;
  while (rest[at] !== "]" || at === first) {
    const character = String.fromCodePoint(rest.codePointAt(at) ?? 0);
    if (at >= rest.length || character === "]") throw new UnsupportedPattern("has a class without an end");
    if (character === "[" || rest.startsWith("&&", at)) throw new UnsupportedPattern("uses a class inside a class");
    if (character === "\\") {
      const [escaped, length] = readEscape(rest.slice(at));
      text += escaped;
      at += length;
    } else {
      const isRange = character === "-" && at > first && rest[at + 1] !== "]";
      text += character === "-" && !isRange ? "\\-" : "^".includes(character) ? `\\${character}` : character;
      at += character.length;
    }
  }
  return [`${text}]`, at + 1];
}

/** Why a pattern could run for ever, or null. */
function patternFault(pattern: string): string | null {
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
