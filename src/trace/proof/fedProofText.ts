// The proof of a run on a brought model as text for a link: "f8c.2i.3.k.o.<sums>.<cuts>.<prompt><tokens><check>", numbers in base 36,
// the rest base64url. The check finds a text that was changed or damaged.
import { decodeLetters, encodeLetters } from "./base64Url";
import type { ProvedCut } from "./cutMargins";
import type { FedProof } from "./fedProof";
import { LETTERS_PER_GROUP, listHash30 } from "./proof";

const TOKEN_LETTERS = 3;
const CUT_LETTERS = { event: 3, head: 2, margin: 2 } as const;
const LETTERS_PER_CUT = CUT_LETTERS.event + CUT_LETTERS.head + CUT_LETTERS.margin;

export function encodeFedProof(proof: FedProof): string {
  const { promptHash, tokens, headCount, headInterval, sums, cuts } = proof;
  const numbers = [tokens.length, headCount, headInterval, sums.length, cuts.length];
  const rest = [
    sums.flatMap((groups) => groups.map((sum) => encodeLetters(sum, LETTERS_PER_GROUP))).join(""),
    cuts.map(cutLetters).join(""),
    encodeLetters(promptHash, LETTERS_PER_GROUP) + tokens.map((token) => encodeLetters(token, TOKEN_LETTERS)).join(""),
  ];
  const text = `f${[...numbers.map((number) => number.toString(36)), ...rest].join(".")}`;
  return text + encodeLetters(checkOf(text), LETTERS_PER_GROUP);
}

/** Null for a text that encodeFedProof does not write. */
export function parseFedProof(text: string): FedProof | null {
  const number = "([0-9a-z]{1,4})";
  const pattern = `^f${Array(5)
    .fill(number)
    .join(String.raw`\.`)}\\.([\\w-]*)\\.([\\w-]*)\\.([\\w-]+)$`;
  const parts = new RegExp(pattern).exec(text);
  if (parts === null) return null;
  const [tokenCount, headCount, headInterval, eventCount, cutCount] = parts
    .slice(1, 6)
    .map((part) => parseInt(part, 36));
  const [sumLetters, cutText, letters] = parts.slice(6);
  if (headCount < 1 || headInterval < 1) return null;
  const groupCount = Math.ceil(headCount / headInterval);
  if (sumLetters.length !== eventCount * groupCount * LETTERS_PER_GROUP) return null;
  if (cutText.length !== cutCount * LETTERS_PER_CUT) return null;
  if (letters.length !== 2 * LETTERS_PER_GROUP + tokenCount * TOKEN_LETTERS) return null;
  const sums = numbersIn(sumLetters, LETTERS_PER_GROUP);
  const proof: FedProof = {
    promptHash: numbersIn(letters.slice(0, LETTERS_PER_GROUP), LETTERS_PER_GROUP)[0],
    tokens: numbersIn(letters.slice(LETTERS_PER_GROUP, -LETTERS_PER_GROUP), TOKEN_LETTERS),
    headCount,
    headInterval,
    sums: Array.from({ length: eventCount }, (_, event) => sums.slice(event * groupCount, (event + 1) * groupCount)),
    cuts: Array.from({ length: cutCount }, (_, cut) =>
      parseCut(cutText.slice(cut * LETTERS_PER_CUT, (cut + 1) * LETTERS_PER_CUT)),
    ),
  };
  return encodeFedProof(proof) === text ? proof : null;
}

/** `text`: letters of the alphabet alone. */
function numbersIn(text: string, letterCount: number): readonly number[] {
  return Array.from(
    { length: text.length / letterCount },
    (_, place) => decodeLetters(text.slice(place * letterCount, (place + 1) * letterCount)) ?? 0,
  );
}

function checkOf(text: string): number {
  return listHash30(
    5,
    Array.from(text, (letter) => letter.charCodeAt(0)),
  );
}

function cutLetters({ event, head, margin }: ProvedCut): string {
  return (
    encodeLetters(event, CUT_LETTERS.event) +
    encodeLetters(head, CUT_LETTERS.head) +
    encodeLetters(marginCode(margin), CUT_LETTERS.margin)
  );
}

function parseCut(text: string): ProvedCut {
  const [event, head, code] = [
    text.slice(0, CUT_LETTERS.event),
    text.slice(CUT_LETTERS.event, -CUT_LETTERS.margin),
    text.slice(-CUT_LETTERS.margin),
  ].map((letters) => decodeLetters(letters) ?? 0);
  return { event, head, margin: code === 0 ? 0 : 2 ** ((code - LARGEST_CODE) / CODES_PER_DOUBLING) };
}

// A margin is written to the next 64th of a doubling: 0, or 2^-64 … 1 and a little below, and what is more as 1.
const LARGEST_CODE = 64 ** CUT_LETTERS.margin - 1;
const CODES_PER_DOUBLING = 64;

function marginCode(margin: number): number {
  if (margin === 0) return 0;
  return Math.max(1, Math.min(LARGEST_CODE, LARGEST_CODE + Math.round(CODES_PER_DOUBLING * Math.log2(margin))));
}
