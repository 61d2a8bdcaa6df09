// A score as data: a short list of named operations over measured terms and over the columns before. Policies state
// their formula, columns.ts computes it, run files store it, and panels read their labels and numbers from it.

interface OperationShape {
  /** How many columns or terms it reads. */
  readonly sourceCount: 0 | 1 | 2;
  /** What its numbers are, in order. */
  readonly numbers: readonly string[];
  /** It depends on how many slots the head keeps. */
  readonly needsKeepSlots?: true;
}

/** a and b are what is read, c is the first number. */
export const operations = {
  /** a */
  copy: { sourceCount: 1, numbers: [] },
  /** a divided by the largest of its row, where that is above 0. */
  share: { sourceCount: 1, numbers: [] },
  /** a + c·b */
  sum: { sourceCount: 2, numbers: ["weight"] },
  /** a + c·b, rounded to 32 bits and then divided like `share`. */
  shareOfSum: { sourceCount: 2, numbers: ["weight"] },
  /** c × the carried score; NaN for a slot without one. */
  decayed: { sourceCount: 0, numbers: ["decay"] },
  /** The larger of a and b; b where a is NaN. */
  largest: { sourceCount: 2, numbers: [] },
  /** a + (1 − c)·b; b where a is NaN. */
  weighted: { sourceCount: 2, numbers: ["decay"] },
  /** a + b; b where a is NaN. */
  added: { sourceCount: 2, numbers: [] },
  /** The largest a among c neighbouring candidates, its own in the middle. */
  pooled: { sourceCount: 1, numbers: ["width"] },
  /** The mean of a over c neighbouring candidates, its own in the middle; 0 counts for those beyond the ends. */
  averagePooled: { sourceCount: 1, numbers: ["width"] },
  /**
   * `averagePooled` inside stretches of candidates that stand between voters, whose a is below 0; voters get the largest of
   * the stretch before them, and 1 where there is none.
   */
  pooledVotes: { sourceCount: 1, numbers: ["width"] },
  /** The mean of a over those of the layer's heads that hold the token as a candidate. */
  layerMean: { sourceCount: 1, numbers: [] },
  /** c·a − (1 − c)·b */
  mixed: { sourceCount: 2, numbers: ["weight"] },
  /** The token's position; Infinity for the first c slots. */
  recency: { sourceCount: 0, numbers: ["sinks"] },
  /** A number from 0 to 1 drawn with seed c; 1 more for tokens of a prompt no longer than the second number. */
  draw: { sourceCount: 0, numbers: ["seed", "longestPrompt"] },
  /** c·a */
  scaled: { sourceCount: 1, numbers: ["factor"] },
  /** (a + c)·b */
  product: { sourceCount: 2, numbers: ["shift"] },
  /** a + ln b */
  logProduct: { sourceCount: 2, numbers: [] },
  /** a where it is c or more, else c / (1 + ln c − b): ranked on by b, which is ln a, where 32 bits can't hold a. */
  continued: { sourceCount: 2, numbers: ["floor"] },
  /** a divided by the sum of its block of c candidates, counted from the oldest, where that is above 0. */
  shareOfBlock: { sourceCount: 1, numbers: ["block"] },
  /** a divided by the sum of its row, where that is above 0. */
  shareOfRow: { sourceCount: 1, numbers: [] },
  /**
   * The rank of a, from 0, in its block of slots, divided by the block's size; equals: the older ranks higher. Blocks begin
   * behind the first c slots; a slot whose block isn't followed by a full one keeps a.
   */
  rankInBlock: { sourceCount: 1, numbers: ["sinks", "block"] },
  /**
   * How many standard deviations (unbiased) a lies above the mean of the layer's heads together, their first c slots left out;
   * 0 for these, and where nothing varies.
   */
  standardised: { sourceCount: 1, numbers: ["sinks"] },
  /** Like `averagePooled`; the less a varies over the layer's heads (below c, the next, the third), the wider: 7, 5, 3, else 1. */
  pooledByVariation: { sourceCount: 1, numbers: ["low", "middle", "high"] },
  /** a; Infinity for the first c slots. */
  sinks: { sourceCount: 1, numbers: ["sinks"] },
  /** (a + c)·b; Infinity for the best by a: the second number's part of the slots that the head keeps, less the window. */
  secondStage: { sourceCount: 2, numbers: ["shift", "firstPart"], needsKeepSlots: true },
} satisfies Readonly<Record<string, OperationShape>>;

export type Operation = keyof typeof operations;

export interface FormulaStep {
  /** The column computed: `TOTAL`, or a part's name. */
  readonly column: string;
  readonly operation: Operation;
  /** Columns of earlier steps, and terms as `termSource` names them. */
  readonly from: readonly string[];
  readonly numbers: readonly number[];
}

export interface Formula {
  /** In order; the last computes the total. None: nothing is scored and everything must stay. */
  readonly steps: readonly FormulaStep[];
  /** The column kept with each slot for the next event; null for none. */
  readonly carry: string | null;
  /** The term that the prompt's slots carry into the first event; null for none. */
  readonly start: string | null;
}

/** What a step's source begins with where it is a term: a part may have the same name. */
export const TERM_PREFIX = "terms.";

/** How a step names a term that it reads. */
export function termSource(term: string): string {
  return TERM_PREFIX + term;
}

export function formulaStep(
  column: string,
  operation: Operation,
  from: readonly string[],
  numbers: readonly number[] = [],
): FormulaStep {
  return { column, operation, from, numbers };
}

/** The column that decides: higher stays, Infinity must stay. */
export const TOTAL = "total";

/** Of operations that pool, odd. */
export const LARGEST_WIDTH = 63;

/** What a formula reads: one layer and KV head at an event. */
export interface ScoreInputs {
  readonly layer: number;
  readonly kvHead: number;
  /** Counts events from 0 (the prefill), acting or not. */
  readonly event: number;
  /** m = n − w. */
  readonly candidateCount: number;
  /** Original position of every slot. [slot] */
  readonly positions: Int32Array;
  readonly promptCount: number;
  readonly terms: Readonly<Partial<Record<string, Float32Array>>>;
  /** Scores carried by the first slots. Those beyond the candidates count for nothing. */
  readonly carried: Float32Array | null;
}

/** The steps that need not know how many slots stay; the last of their columns is what heads are compared by. */
export function rankingSteps({ steps }: Formula): readonly FormulaStep[] {
  const first = steps.findIndex(({ operation }) => shapeOf(operation).needsKeepSlots === true);
  return first < 0 ? steps : steps.slice(0, first);
}

function shapeOf(operation: Operation): OperationShape {
  return operations[operation];
}

/** The step that computes a column, or undefined. */
export function stepOf(formula: Formula | null, column: string): FormulaStep | undefined {
  return formula?.steps.find((step) => step.column === column);
}

/** The first number of the first step with this operation; null where the formula has none. */
export function numberOf(formula: Formula | null, operation: Operation): number | null {
  return formula?.steps.find((step) => step.operation === operation)?.numbers[0] ?? null;
}

/** Names of the terms that a formula reads, in the order in which it does. */
export function formulaTerms({ steps, start }: Formula): string[] {
  const read = steps.flatMap(({ from }) => from.filter((name) => name.startsWith(TERM_PREFIX)));
  return [...new Set([...read.map((name) => name.slice(TERM_PREFIX.length)), ...(start === null ? [] : [start])])];
}

const pooling: readonly Operation[] = ["pooled", "averagePooled", "pooledVotes"];

/** Why something that may come from a stranger isn't a formula; null where it is one. */
export function objectionToFormula({ steps, carry }: Formula): string | null {
  const columns = new Set<string>();
  for (const { column, operation, from, numbers } of steps) {
    const { sourceCount, numbers: names } = operations[operation];
    if (columns.has(column)) return `computes ${column} twice`;
    if (from.length !== sourceCount) return `${column} reads ${from.length} columns, ${operation} needs ${sourceCount}`;
    if (numbers.length !== names.length)
      return `${column} has ${numbers.length} numbers, ${operation} needs ${names.length}`;
    const unknown = from.find((name) => !columns.has(name) && !name.startsWith(TERM_PREFIX));
    if (unknown !== undefined) return `${column} reads ${unknown}, which isn’t computed before it`;
    if (pooling.includes(operation) && !(numbers[0] % 2 === 1 && numbers[0] >= 1 && numbers[0] <= LARGEST_WIDTH)) {
      return `${column} has a width of ${numbers[0]}, expected an odd number from 1 to ${LARGEST_WIDTH}`;
    }
    const isCount = (number: number, at: number): boolean =>
      Number.isInteger(number) && number >= +(names[at] === "block");
    if (names.some((name) => name === "block") && !numbers.every(isCount)) {
      return `${column} has ${names.join(" and ")} of ${numbers.join(" and ")}, expected whole numbers and blocks from 1 on`;
    }
    columns.add(column);
  }
  if (steps.length > 0 && steps.at(-1)?.column !== TOTAL) return "doesn’t end with the total";
  return carry === null || (columns.has(carry) && carry !== TOTAL)
    ? null
    : `carries ${carry}, which it doesn’t compute`;
}
