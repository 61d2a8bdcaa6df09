// What post-training changed in a model, against the one that it began with: both on the same texts, each under its own
// eviction. Made by lab/training/whatChanged.py, stored as changed.json next to the weights. docs/methods.md has the definitions.

import * as v from "valibot";
import { InputError } from "../lib/errors";
import { parseMeasuredFile } from "./measuredFile";

export const changedFileName = "changed.json";
export const changedCommand = "python lab/training/whatChanged.py";

/** From which heads a fact is withheld where a word is read from it; "everywhere": from the words before as well. */
export const withholdings = ["readingHead", "otherHeads", "allHeads", "everywhere"] as const;
export type Withholding = (typeof withholdings)[number];

/** Of all words, of those whose fact the reading head itself still keeps, of those where it does not. */
export const wordGroups = ["all", "held", "lost"] as const;
export type WordGroup = (typeof wordGroups)[number];

const text = v.pipe(v.string(), v.maxLength(300));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const error = v.pipe(finite, v.minValue(0));
/** Of how many, mean, standard error; the last two are null of none. */
const estimate = v.pipe(
  v.union([v.tuple([count, finite, error]), v.tuple([v.literal(0), v.null(), v.null()])]),
  v.transform(([of, mean, deviation]) => ({ count: of, mean: mean ?? NaN, error: deviation ?? NaN })),
);
const byGroup = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.object({ all: schema, held: schema, lost: schema });
const byWithholding = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.object({ readingHead: schema, otherHeads: schema, allHeads: schema, everywhere: schema });

/** Shares of right words with the fact's slots withheld, and with as many others. */
const withheld = v.object({ fact: estimate, control: estimate });
const rightWords = v.object({ nothing: estimate, ...byWithholding(withheld).entries });

const summary = v.object({
  /** Heads that hold the word or its fact's full stop. */
  kept: v.object({ prompt: estimate, reasoning: estimate }),
  /** By tokens since the fact stood, each group from here to the next. */
  rightByAge: v.pipe(v.array(v.object({ from: count, right: estimate })), v.minLength(1)),
  /** Share of a query head's attention that is on the fact. [layer × query head] */
  attention: v.array(estimate),
  /** Nats. [layer × KV head] */
  voteEntropy: v.array(estimate),
  right: byGroup(rightWords),
});

/** In either model, and the changed one's minus the base's; null where a group is empty. */
const compared = v.nullable(v.object({ base: estimate, changed: estimate, difference: estimate }));

const cellSchema = v.object({
  family: text,
  /** Of the family's mean length. */
  budgetShare: v.pipe(finite, v.gtValue(0), v.maxValue(1)),
  budgetSlots: v.optional(count),
  problems: count,
  /** Sums over the first problem of a family, by which the engine can be held to the file. */
  first: v.optional(
    v.object({
      words: count,
      base: v.object({ right: count, keptHeads: count }),
      changed: v.object({ right: count, keptHeads: count }),
    }),
  ),
  base: summary,
  changed: summary,
  effects: byGroup(
    v.object({
      right: compared,
      /** What the other heads' copies are worth where the reading head has none: withheld from it minus withheld from all. */
      otherCopies: compared,
      /** Other slots withheld minus the fact withheld. */
      withheld: byWithholding(compared),
    }),
  ),
});

const fileSchema = v.object({
  format: v.literal("winnow-changed"),
  version: v.literal(1),
  /** `digest`: of the weights. */
  model: v.object({ id: text, digest: text }),
  base: v.object({ id: text, digest: text }),
  made: v.object({
    command: text,
    date: text,
    seed: count,
    problemsPerFamily: count,
    windowSlots: count,
    intervalSteps: count,
  }),
  heads: v.object({ layers: count, queryHeads: count, kvHeads: count }),
  cells: v.pipe(v.array(cellSchema), v.minLength(1)),
});

export type ChangedFigures = v.InferOutput<typeof fileSchema>;
export type ChangedCell = ChangedFigures["cells"][number];
export type ChangedSummary = ChangedCell["base"];
export interface Estimate {
  readonly count: number;
  readonly mean: number;
  readonly error: number;
}
export interface ComparedEstimate {
  readonly base: Estimate;
  readonly changed: Estimate;
  readonly difference: Estimate;
}

interface MeasuredShape {
  readonly layerCount: number;
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly digest: string;
}

/** Throws InputError that says what is wrong where; `file` is its name, for messages. */
export function parseChangedFigures(fileText: string, file: string, model: MeasuredShape): ChangedFigures {
  const refuse = (what: string): InputError => new InputError(`${file}: ${what}; make it again with ${changedCommand}`);
  const figures = parseMeasuredFile(fileSchema, fileText, model.digest, refuse);
  const { layerCount, headCount, kvHeadCount } = model;
  const isFitting = figures.cells.every((cell) =>
    [cell.base, cell.changed].every(
      ({ attention, voteEntropy }) =>
        attention.length === layerCount * headCount && voteEntropy.length === layerCount * kvHeadCount,
    ),
  );
  if (isFitting) return figures;
  throw refuse(`cells: expected ${layerCount} layers of ${headCount} query heads and ${kvHeadCount} KV heads`);
}
