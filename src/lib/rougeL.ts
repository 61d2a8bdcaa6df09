// ROUGE-L: how much of a target text stands in a response, in order (rouge-score 0.1.2, rougeL). The leak of an instruction
// is its recall in the answer (The Pitfalls of KV Cache Compression, arXiv:2510.00231, which compares stems of words).

export interface RougeL {
  /** Length of the longest common subsequence of words. */
  readonly common: number;
  readonly targetCount: number;
  readonly responseCount: number;
  /** common / targetCount; 0 for a target or response without words. */
  readonly recall: number;
}

/** Words are runs of a … z and 0 … 9 in lower case; everything else separates. A stemmer gets those of four letters on. */
export function rougeL(target: string, response: string, stem = (word: string): string => word): RougeL {
  const [wanted, given] = [target, response].map((text) =>
    wordsOf(text).map((word) => (word.length > 3 ? stem(word) : word)),
  );
  const common = longestCommon(wanted, given);
  const recall = wanted.length === 0 || given.length === 0 ? 0 : common / wanted.length;
  return { common, targetCount: wanted.length, responseCount: given.length, recall };
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/** Row by row of the usual table, of which only the last row is kept. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  const best = new Int32Array(right.length + 1);
  for (const word of left) {
    let diagonal = 0;
    for (let at = 1; at <= right.length; at++) {
      const above = best[at];
      best[at] = word === right[at - 1] ? diagonal + 1 : Math.max(above, best[at - 1]);
      diagonal = above;
    }
  }
  return best[right.length];
}
