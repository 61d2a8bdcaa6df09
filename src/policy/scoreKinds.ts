// What a score is made from: a few words for each term, and the kind of policy that follows from its terms. Menus group by the
// kind, and a decision is told from it.
import { formulaTerms, type Formula } from "./formula";

/** From attention paid; from keys and values alone; from queries to come; from neither. */
export type ScoreKind = "attention" | "keysValues" | "prediction" | "none";

export const scoreKindLabels: Readonly<Record<ScoreKind, string>> = {
  attention: "Attention",
  keysValues: "Keys and values",
  prediction: "Prediction",
  none: "Baselines and controls",
};

interface TermWords {
  readonly kind: ScoreKind;
  /** As a part of "score: …". */
  readonly words: string;
}

/** [term]; a test holds it to the terms that there are. */
const terms: Readonly<Partial<Record<string, TermWords>>> = {
  windowAttention: { kind: "attention", words: "the window’s attention" },
  attentionShift: { kind: "attention", words: "its spread over the window" },
  placedAttention: { kind: "attention", words: "the window’s attention, later queries counting more" },
  candidateAttention: { kind: "attention", words: "the window’s attention to the candidates alone" },
  promptAttention: { kind: "attention", words: "attention within the prompt" },
  chunkAttention: { kind: "attention", words: "attention within chunks, nothing masked" },
  instructionVotes: { kind: "attention", words: "the attention of each instruction’s own window" },
  instructionAttention: { kind: "attention", words: "attention received within each instruction" },
  observedAttention: { kind: "attention", words: "all attention received so far" },
  redundancy: { kind: "keysValues", words: "how keys resemble each other" },
  redundancyRaw: { kind: "keysValues", words: "how keys resemble each other" },
  keyNorm: { kind: "keysValues", words: "key norms" },
  keyCosine: { kind: "keysValues", words: "key directions" },
  valueNorm: { kind: "keysValues", words: "value norms" },
  projectedValueNorm: { kind: "keysValues", words: "projected value norms" },
  lagSpread: { kind: "keysValues", words: "keys and values against the block that follows" },
  leverage: { kind: "keysValues", words: "leverage of keys" },
  valueLeverage: { kind: "keysValues", words: "leverage of values" },
  keySketchNorm: { kind: "keysValues", words: "norms of sketched keys" },
  valueSketchNorm: { kind: "keysValues", words: "norms of sketched values" },
  filterProduct: { kind: "prediction", words: "key projections on the query filter" },
  expectedAttention: { kind: "prediction", words: "expected attention" },
  logExpectedAttention: { kind: "prediction", words: "expected attention" },
};

/** Attention and prediction say more about a score than the keys and values that refine it. */
const telling: readonly ScoreKind[] = ["prediction", "attention", "keysValues"];

/** Of a formula whose terms are all unknown: "attention", as most are. */
export function scoreKind(formula: Formula): ScoreKind {
  const names = formulaTerms(formula);
  if (names.length === 0) return "none";
  const kinds = names.map((name) => terms[name]?.kind ?? "attention");
  return telling.find((kind) => kinds.includes(kind)) ?? "attention";
}

/** "expected attention and value norms"; "" for a score without terms. */
export function termsInWords(formula: Formula): string {
  const words = [...new Set(formulaTerms(formula).map((name) => terms[name]?.words ?? name))];
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

export function hasTermWords(name: string): boolean {
  return name in terms;
}
