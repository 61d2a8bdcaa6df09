// A proof as text for a link: "2s.1.l.1.<groups>.<prompt><marks><tokens>", numbers in base 36, the rest base64url. It may
// stand in an address as it is and ends in a letter, so that no chat program takes its end for punctuation.
import { decodeLetters, encodeLetters } from "./base64Url";
import { hash30, LETTERS_PER_GROUP, modulo, type Proof, type ProofDetail } from "./proof";

const HALF_DIGEST_LETTERS = 6;
const PROMPT_LETTERS = 5;

export function encodeProof({ tokensDigest, detail }: Proof): string {
  if (detail === null) return tokensDigest;
  const { marks, groups, promptHash } = detail;
  const numbers = shapeOf(detail).map((number) => number.toString(36));
  const halves = [tokensDigest.slice(0, 8), tokensDigest.slice(8)].map((half) =>
    encodeLetters(parseInt(half, 16), HALF_DIGEST_LETTERS),
  );
  const prompt = encodeLetters(modulo(promptHash + shapeHash(detail)), PROMPT_LETTERS);
  return [
    ...numbers,
    groups.map((group) => encodeLetters(group, LETTERS_PER_GROUP)).join(""),
    [prompt, ...marks.map((mark) => encodeLetters(mark, 1)), ...halves].join(""),
  ].join(".");
}

/** Null for a text that encodeProof does not write. */
export function parseProof(text: string): Proof | null {
  if (/^[0-9a-f]{16}$/.test(text)) return { tokensDigest: text, detail: null };
  const parts = /^([0-9a-z]{1,4})\.([0-9a-z]{1,4})\.([0-9a-z]{1,4})\.([0-9a-z]{1,4})\.([\w-]*)\.([\w-]+)$/.exec(text);
  if (parts === null) return null;
  const [stepCount, markInterval, eventCount, eventInterval] = parts.slice(1, 5).map((part) => parseInt(part, 36));
  const [groupLetters, letters] = parts.slice(5);
  if (markInterval < 1 || eventInterval < 1) return null;
  const markCount = Math.floor(stepCount / markInterval);
  const groupCount = Math.ceil(eventCount / eventInterval);
  const digestAt = PROMPT_LETTERS + markCount;
  if (groupLetters.length !== groupCount * LETTERS_PER_GROUP) return null;
  if (letters.length !== digestAt + 2 * HALF_DIGEST_LETTERS) return null;
  // The pattern above leaves no letter without a value.
  const valueOf = (source: string, at: number, count: number): number =>
    decodeLetters(source.slice(at, at + count)) ?? 0;
  const halves = [digestAt, digestAt + HALF_DIGEST_LETTERS].map((at) => valueOf(letters, at, HALF_DIGEST_LETTERS));
  if (halves.some((half) => half >= 2 ** 32)) return null;
  const detail: ProofDetail = {
    stepCount,
    promptHash: 0,
    markInterval,
    marks: Array.from({ length: markCount }, (_, mark) => valueOf(letters, PROMPT_LETTERS + mark, 1)),
    eventCount,
    eventInterval,
    groups: Array.from({ length: groupCount }, (_, group) =>
      valueOf(groupLetters, group * LETTERS_PER_GROUP, LETTERS_PER_GROUP),
    ),
  };
  const promptHash = modulo(valueOf(letters, 0, PROMPT_LETTERS) - shapeHash(detail));
  const proof = {
    tokensDigest: halves.map((half) => half.toString(16).padStart(8, "0")).join(""),
    detail: { ...detail, promptHash },
  };
  return encodeProof(proof) === text ? proof : null;
}

function shapeOf({ stepCount, markInterval, eventCount, eventInterval }: ProofDetail): readonly number[] {
  return [stepCount, markInterval, eventCount, eventInterval];
}

/** Mixed into the prompt's letters: numbers that were changed make it another prompt. */
function shapeHash(detail: ProofDetail): number {
  return hash30(4, ...shapeOf(detail));
}
