// Browsers and the tokenizers library know different versions of Unicode. A character that they classify differently
// could give other tokens here, so text that contains one is refused by name.

import { InputError } from "../lib/errors";

/** Letters, marks and numbers that Unicode gained or moved after version 15.0, the oldest of a browser with WebGPU. */
const newLetters =
  "295 88f 897 c5c cdc 1acf-1add 1ae0-1aeb 1c89-1c8a a7cb-a7cf a7d2 a7d4 a7da-a7dc a7f1 105c0-105f3 10940-10959 " +
  "10d40-10d65 10d69-10d6d 10d6f-10d85 10ec2-10ec7 10efa-10efc 11380-11389 1138b 1138e 11390-113b5 113b7-113c0 113c2 " +
  "113c5 113c7-113ca 113cc-113d3 113e1-113e2 116d0-116e3 11b60-11b67 11bc0-11be0 11bf0-11bf9 11db0-11ddb 11de0-11de9 " +
  "11f5a 13460-143fa 16100-16139 16d40-16d6c 16d70-16d79 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18cff " +
  "18d09-18d1e 18d80-18df2 1ccf0-1ccf9 1e5d0-1e5fa 1e6c0-1e6de 1e6e0-1e6f5 1e6fe-1e6ff 2b739-2b73f 2cea2-2cead " +
  "2ebf0-2ee5d 323b0-33479";
/** The same for punctuation and symbols. */
const newSymbols =
  "1b4e-1b4f 1b7f 20c1 2427-2429 2b96 2ffc-2fff 31e4-31e5 31ef fbc3-fbd2 fd90-fd91 fdc8-fdce 10d6e 10d8e-10d8f " +
  "10ed0-10ed8 113d4-113d5 113d7-113d8 11be1 16d6d-16d6f 1cc00-1ccef 1ccfa-1ccfc 1cd00-1ceb3 1ceba-1ced0 1cee0-1cef0 " +
  "1e5ff 1f6d8 1f777-1f77a 1f8b2-1f8bb 1f8c0-1f8c1 1f8d0-1f8d8 1fa54-1fa57 1fa89-1fa8a 1fa8e-1fa8f 1fabe 1fac6 1fac8 " +
  "1facd 1fadc 1fadf 1fae9-1faea 1faef 1fbcb-1fbef 1fbfa";
/** What NFC composes or orders differently in the library, whose tables are older. */
const newlyComposed =
  "7fd 897-89f 8ca-8d3 9fe c3c d3b-d3c eba 1715 1abf-1add 1ae0-1aeb 1df6-1dfa a82c 105c9 105e4 10d24-10d27 10d69-10d6d " +
  "10eab-10eac 10efa-10efb 10efd-10eff 10f46-10f50 10f82-10f85 11070 1133b 11383 11385 1138e 11391 113c5 113c7-113c8 " +
  "113ce-113d0 1145e 11839-1183a 11938 1193d-1193e 11943 119e0 11a34 11a47 11a99 11d42 11d44-11d45 11d97 11f41-11f42 " +
  "16121-16128 1612f 16d68-16d6a 16ff0-16ff1 1e08f 1e130-1e136 1e2ae 1e2ec-1e2ef 1e4ec-1e4ef 1e5ee-1e5ef 1e6e3 1e6e6 " +
  "1e6ee-1e6ef 1e6f5";

/** Punctuation that the library's Punctuation does not know, because its Unicode is older still. */
const newPunctuation =
  "61d 9fd a76 c77 c84 1b4e-1b4f 1b7d-1b7f 2e43-2e4f 2e52-2e5d 10d6e 10ead 10ed0 10f55-10f59 10f86-10f89 " +
  "113d4-113d5 113d7-113d8 1144b-1144f 1145a-1145b 1145d 11660-1166c 116b9 1183b 11944-11946 119e2 " +
  "11a3f-11a46 11a9a-11a9c 11a9e-11aa2 11b00-11b09 11be1 11c41-11c45 11c70-11c71 11ef7-11ef8 11f43-11f4f " +
  "11fff 12ff1-12ff2 16d6d-16d6f 16e97-16e9a 16fe2 1e5ff 1e95e-1e95f";

/**
 * A character at which the library's Punctuation splits: also ASCII's symbols, and two characters that are no longer
 * punctuation.
 */
export const libraryPunctuation = new RegExp(
  `(?!${rangesPattern(newPunctuation).source})[\\p{P}!-/:-@[-\`{-~\\u{166d}\\u{111c9}]`,
  "gu",
);

const classes = {
  letters: rangesPattern(newLetters),
  symbols: rangesPattern(newSymbols),
  composed: rangesPattern(newlyComposed),
};

/** Throws InputError naming the first such character. */
export function refuseNewCharacters(text: string, among: keyof typeof classes, file: string): void {
  const found = classes[among].exec(text);
  if (found === null) return;
  const codePoint = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw new InputError(
    `${file}: the text holds U+${codePoint}, which is too new in Unicode for this page and the tokenizers library to ` +
      "read alike; expected older characters: write the text without it",
  );
}

function rangesPattern(ranges: string): RegExp {
  const items = ranges.split(" ").map((range) => range.split("-").map((code) => `\\u{${code}}`));
  return new RegExp(`[${items.map((ends) => ends.join("-")).join("")}]`, "u");
}
