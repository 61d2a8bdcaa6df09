// Stems of English words by Porter's rules (M. F. Porter 1980, "An algorithm for suffix stripping", Program 14(3)), with the
// changes that NLTK makes to them by default (nltk/stem/porter.py, NLTK_EXTENSIONS), which rouge-score 0.1.2 uses. The
// stemmers on npm follow Porter's own changes instead: they differ in words such as "dying", "ties" and "enjoy".

const irregular: Readonly<Record<string, string>> = {
  ...{ sky: "sky", skies: "sky", dying: "die", lying: "lie", tying: "tie", news: "news" },
  ...{ innings: "inning", inning: "inning", outings: "outing", outing: "outing", cannings: "canning" },
  ...{ canning: "canning", howe: "howe", proceed: "proceed", exceed: "exceed", succeed: "succeed" },
};

type Condition = (stem: string) => boolean;

/** The first rule whose suffix ends the word decides: it replaces the suffix where its condition holds of what is left. */
type Rule = readonly [suffix: string, replacement: string, condition?: Condition];

/** `word` in lower case. */
export function porterStem(word: string): string {
  if (Object.hasOwn(irregular, word)) return irregular[word];
  if (word.length <= 2) return word;
  return [
    plurals,
    pastAndProgressive,
    finalY,
    doubleSuffixes,
    applied(thirdRules),
    applied(fourthRules),
    finalE,
    doubleL,
  ].reduce((stem, step) => step(stem), word);
}

function isConsonant(word: string, at: number): boolean {
  if ("aeiou".includes(word[at])) return false;
  return word[at] !== "y" || at === 0 || !isConsonant(word, at - 1);
}

/** m of [C](VC)^m[V]. */
function measure(stem: string): number {
  const kinds = Array.from(stem, (_, at) => (isConsonant(stem, at) ? "c" : "v")).join("");
  return kinds.match(/v+c+/g)?.length ?? 0;
}

function hasVowel(stem: string): boolean {
  return Array.from(stem).some((_, at) => !isConsonant(stem, at));
}

function endsDouble(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Consonant, vowel, consonant that is not w, x or y; a word of vowel and consonant counts too. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  if (last === 1) return !isConsonant(word, 0) && isConsonant(word, 1);
  if (last < 1 || "wxy".includes(word[last])) return false;
  return isConsonant(word, last - 2) && !isConsonant(word, last - 1) && isConsonant(word, last);
}

const isLong: Condition = (stem) => measure(stem) > 0;
const isVeryLong: Condition = (stem) => measure(stem) > 1;

function applyRules(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement, condition] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return condition === undefined || condition(stem) ? stem + replacement : word;
}

function applied(rules: readonly Rule[]): (word: string) => string {
  return (word) => applyRules(word, rules);
}

/** Step 1a. */
function plurals(word: string): string {
  if (word.length === 4 && word.endsWith("ies")) return `${word[0]}ie`;
  return applyRules(word, [
    ["sses", "ss"],
    ["ies", "i"],
    ["ss", "ss"],
    ["s", ""],
  ]);
}

/** Step 1b. */
function pastAndProgressive(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, -3) + (word.length === 4 ? "ie" : "i");
  if (word.endsWith("eed")) return applyRules(word, [["eed", "ee", isLong]]);
  const suffix = ["ed", "ing"].find((ending) => word.endsWith(ending) && hasVowel(word.slice(0, -ending.length)));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  const mended = ["at", "bl", "iz"].some((ending) => stem.endsWith(ending));
  if (mended) return `${stem}e`;
  if (endsDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Step 1c. */
function finalY(word: string): string {
  return applyRules(word, [["y", "i", (stem) => stem.length > 1 && isConsonant(stem, stem.length - 1)]]);
}

/** Step 2. */
function doubleSuffixes(word: string): string {
  if (word.endsWith("alli") && isLong(word.slice(0, -4))) return doubleSuffixes(word.slice(0, -2));
  return applyRules(word, [...secondRules, ["logi", "log", (stem) => isLong(`${stem}l`)]]);
}

const secondRules: readonly Rule[] = [
  ["ational", "ate", isLong],
  ["tional", "tion", isLong],
  ["enci", "ence", isLong],
  ["anci", "ance", isLong],
  ["izer", "ize", isLong],
  ["bli", "ble", isLong],
  ["alli", "al", isLong],
  ["entli", "ent", isLong],
  ["eli", "e", isLong],
  ["ousli", "ous", isLong],
  ["ization", "ize", isLong],
  ["ation", "ate", isLong],
  ["ator", "ate", isLong],
  ["alism", "al", isLong],
  ["iveness", "ive", isLong],
  ["fulness", "ful", isLong],
  ["ousness", "ous", isLong],
  ["aliti", "al", isLong],
  ["iviti", "ive", isLong],
  ["biliti", "ble", isLong],
  ["fulli", "ful", isLong],
];

const thirdRules: readonly Rule[] = [
  ["icate", "ic", isLong],
  ["ative", "", isLong],
  ["alize", "al", isLong],
  ["iciti", "ic", isLong],
  ["ical", "ic", isLong],
  ["ful", "", isLong],
  ["ness", "", isLong],
];

const fourthRules: readonly Rule[] = [
  ...["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"].map(dropped),
  ["ion", "", (stem) => isVeryLong(stem) && /[st]$/.test(stem)],
  ...["ou", "ism", "ate", "iti", "ous", "ive", "ize"].map(dropped),
];

function dropped(suffix: string): Rule {
  return [suffix, "", isVeryLong];
}

/** Step 5a. */
function finalE(word: string): string {
  return applyRules(word, [["e", "", (stem) => measure(stem) > 1 || (measure(stem) === 1 && !endsShort(stem))]]);
}

/** Step 5b. */
function doubleL(word: string): string {
  return applyRules(word, [["ll", "l", (stem) => isVeryLong(`${stem}l`)]]);
}
