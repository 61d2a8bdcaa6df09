// What is known of a model's query heads: how much each looks at a needle when it writes an answer that is copied from it
// ("surface") or worked out from it ("logic"). Measured by `npm run roles`, stored as roles.json next to the weights. After
// DiliLazyKV and REAL, relatives of SurfaceLogicKV (docs/methods.md, "Head roles").

import * as v from "valibot";
import { errorMessage, InputError } from "../lib/errors";

export const rolesFileName = "roles.json";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e6));
const text = v.pipe(v.string(), v.maxLength(300));
/** A share for each query head: [layer][head]. */
const headGrid = v.pipe(v.array(v.pipe(v.array(share), v.readonly())), v.readonly());

const figuresSchema = v.object({
  /** Trials that count: the model gave the right answer. */
  trialCount: count,
  precision: headGrid,
  recall: headGrid,
  infScore: headGrid,
  /** Standard error of infScore. */
  error: headGrid,
  /** Mean attention in the four cells, by the names of src/trace/infScore.ts; they add up to 1. */
  cells: v.object({ needleTop: headGrid, otherTop: headGrid, needleBelow: headGrid, otherBelow: headGrid }),
});

const kindName = v.picklist(["surface", "logic"]);

const taskSchema = v.object({
  id: text,
  kind: kindName,
  label: text,
  /** The needle in brackets, the answer after an arrow. */
  example: text,
  /** Trials, right or wrong. */
  askedCount: count,
  /** Of the needle's middle: 0 is the beginning of the text, 1 the place of the answer. */
  meanDepth: share,
  lowestDepth: share,
  highestDepth: share,
  /** Tokens from the needle's end to the answer. */
  meanDistance: v.pipe(v.number(), v.minValue(0)),
  ...figuresSchema.entries,
});

/** One trial to look at. */
const exampleSchema = v.object({
  taskId: text,
  /** All that the answer's first token could see. [position] */
  words: v.pipe(v.array(text), v.minLength(1), v.maxLength(2000), v.readonly()),
  /** Needle: positions [start, end). */
  start: count,
  end: count,
  answer: text,
  /** Base64 of bytes, 255 × p / scale: [layer][head][position]. */
  attention: v.string(),
  /** Each head's largest p. */
  scale: headGrid,
});

/** Problems under a uniform share and under a share by role, at the same slots in total. */
const budgetsSchema = v.object({
  difficulty: count,
  /** Of each family; the same problems in every cell. */
  problemCount: count,
  seed: count,
  windowSlots: count,
  intervalSteps: count,
  cells: v.array(
    v.object({
      family: text,
      policyId: text,
      label: text,
      share: v.picklist(["uniform", "roles"]),
      /** Of the family's mean full length. */
      budgetShare: share,
      /** B: slots of a head on average. */
      budgetSlots: count,
      /** A letter per problem: r right, w wrong. */
      outcomes: v.pipe(v.string(), v.regex(/^[rw]*$/)),
    }),
  ),
});

const fileSchema = v.object({
  version: v.literal(1),
  /** The command that makes it again. */
  command: text,
  /** `digest`: of the weights that were measured. */
  model: v.object({ id: text, digest: text }),
  /** The positions of the largest weights that count as attended to. */
  topCount: v.pipe(count, v.minValue(1)),
  /** Which tokens of an answer count; see StepReading in src/trace/infScore.ts. */
  reading: v.picklist(["firstLength", "everyStep", "promptOnly"]),
  /** Means over the tasks of a kind; each task counts equally. */
  surface: figuresSchema,
  logic: figuresSchema,
  tasks: v.pipe(v.array(taskSchema), v.minLength(1)),
  examples: v.array(exampleSchema),
  /** Null where nobody has run it. */
  budgets: v.nullable(budgetsSchema),
});

type RolesFile = v.InferOutput<typeof fileSchema>;

export type NeedleKind = v.InferOutput<typeof kindName>;
export type HeadFigures = Readonly<v.InferOutput<typeof figuresSchema>>;
export type TaskRoles = Readonly<v.InferOutput<typeof taskSchema>>;
export type RolesExample = Readonly<v.InferOutput<typeof exampleSchema>>;
export type RoleBudgets = Readonly<v.InferOutput<typeof budgetsSchema>>;
export type HeadNumbers = readonly (readonly number[])[];

export interface HeadRoles extends Readonly<RolesFile> {
  /** What budgets by role are computed from: the InfScore of needles that are copied, as in the codes. [layer][head] */
  readonly infScore: HeadNumbers;
}

/** What the file must fit. */
export interface RolesModel {
  readonly layerCount: number;
  /** Query heads of a layer. */
  readonly headCount: number;
  /** SHA-256 of the weights. */
  readonly digest: string;
}

/** Throws InputError that says what is wrong where; `file` is its name, for messages. */
export function parseHeadRoles(fileText: string, file: string, model: RolesModel): HeadRoles {
  let fields: unknown;
  try {
    fields = JSON.parse(fileText);
  } catch (error) {
    throw badRoles(file, `expected JSON (${errorMessage(error)})`);
  }
  const parsed = v.safeParse(fileSchema, fields);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw badRoles(file, `${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
  }
  const roles = parsed.output;
  if (roles.model.digest !== model.digest) {
    const [found, expected] = [roles.model.digest, model.digest].map((digest) => digest.slice(0, 8) || "nothing");
    throw badRoles(file, `model.digest: expected ${expected}, the weights next to it, found ${found}`);
  }
  for (const [path, grid] of gridsOf(roles)) checkGrid(file, path, grid, model);
  roles.examples.forEach((example, at) => checkExample(file, `examples.${at}`, example, model));
  return { ...roles, infScore: roles.surface.infScore };
}

function gridsOf({ surface, logic, tasks, examples }: RolesFile): [path: string, grid: HeadNumbers][] {
  const ofFigures = (
    name: string,
    { precision, recall, infScore, error, cells }: HeadFigures,
  ): [string, HeadNumbers][] => [
    ...Object.entries({ precision, recall, infScore, error }).map(([field, grid]): [string, HeadNumbers] => [
      `${name}.${field}`,
      grid,
    ]),
    ...Object.entries(cells).map(([cell, grid]): [string, HeadNumbers] => [`${name}.cells.${cell}`, grid]),
  ];
  return [
    ...ofFigures("surface", surface),
    ...ofFigures("logic", logic),
    ...tasks.flatMap((task, at) => ofFigures(`tasks.${at}`, task)),
    ...examples.map(({ scale }, at): [string, HeadNumbers] => [`examples.${at}.scale`, scale]),
  ];
}

function checkGrid(file: string, path: string, grid: HeadNumbers, { layerCount, headCount }: RolesModel): void {
  if (grid.length !== layerCount) throw badRoles(file, `${path}: expected ${layerCount} layers, found ${grid.length}`);
  const layer = grid.findIndex(({ length }) => length !== headCount);
  if (layer < 0) return;
  throw badRoles(file, `${path}.${layer}: expected ${headCount} query heads, found ${grid[layer].length}`);
}

function checkExample(file: string, path: string, example: RolesExample, { layerCount, headCount }: RolesModel): void {
  const { start, end, words, attention } = example;
  if (!(start < end && end <= words.length)) {
    throw badRoles(file, `${path}: expected a needle within ${words.length} words, found ${start} to ${end}`);
  }
  const expected = layerCount * headCount * words.length;
  const found = decodedBytes(attention)?.length;
  if (found === expected) return;
  const what = found === undefined ? "something that is not base64" : `${found}`;
  throw badRoles(file, `${path}.attention: expected ${expected} bytes in base64, found ${what}`);
}

function badRoles(file: string, what: string): InputError {
  return new InputError(`${file}: ${what}; make it again with npm run roles`);
}

function decodedBytes(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** A head's attention over the example's words, each 0 … 1. [position] */
export function exampleAttention(
  example: RolesExample,
  { headCount }: Pick<RolesModel, "headCount">,
  { layer, head }: { layer: number; head: number },
): number[] {
  const { words, attention, scale } = example;
  const from = (layer * headCount + head) * words.length;
  const bytes = decodedBytes(attention)?.subarray(from, from + words.length) ?? [];
  return Array.from(bytes, (byte) => (byte / 255) * scale[layer][head]);
}
