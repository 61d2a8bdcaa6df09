// What was measured of a model's weights and is stored next to them: its head roles, and how its entries stand being stored.
// Fetched when a panel first needs it.
import { errorMessage, InputError } from "../lib/errors";
import { changedCommand, changedFileName, parseChangedFigures, type ChangedFigures } from "../model/changedFigures";
import { basisFileName, parseKeyBasisFile, type KeyBasisFile } from "../model/keyBasis";
import { parseHeadRoles, rolesFileName, type HeadRoles } from "../model/headRoles";
import { parseStorageSurvey, surveyFileName, type StorageSurvey } from "../model/storageSurvey";
import { shippedModels } from "../settings/shippedModels";
import type { ModelSummary } from "../trace/trace";
import { storedText, type FetchFile } from "./storedFile";

export {
  withholdings,
  wordGroups,
  type ChangedCell,
  type ChangedFigures,
  type ChangedSummary,
  type ComparedEstimate,
  type Estimate,
  type Withholding,
  type WordGroup,
} from "../model/changedFigures";
export type { KeyBasisFile } from "../model/keyBasis";
export type { HeadFigures, HeadNumbers, HeadRoles, RolesExample, TaskRoles } from "../model/headRoles";
export { breakEvenCorrelation, surveyedBits, type StorageSurvey, type SurveyedEntries } from "../model/storageSurvey";

export type MeasuredModel = Pick<
  ModelSummary,
  "digest" | "label" | "layerCount" | "headCount" | "kvHeadCount" | "headDim"
>;

/** Throws InputError in plain words for weights that are not of the page, and for a file that cannot be used. */
export type LoadMeasure<Measure> = (model: MeasuredModel, fetchFile?: FetchFile) => Promise<Measure>;

export const loadHeadRoles: LoadMeasure<HeadRoles> = measure({
  fileName: rolesFileName,
  parse: parseHeadRoles,
  what: "the heads of",
  command: "npm run roles",
});

export const loadStorageSurvey: LoadMeasure<StorageSurvey> = measure({
  fileName: surveyFileName,
  parse: parseStorageSurvey,
  what: "the cache entries of",
  command: "npm run storage",
});

export const loadKeyBasisFile: LoadMeasure<KeyBasisFile> = measure({
  fileName: basisFileName,
  parse: parseKeyBasisFile,
  what: "the directions of the keys of",
  command: "npm run basis",
});

export const loadChangedFigures: LoadMeasure<ChangedFigures> = measure({
  fileName: changedFileName,
  parse: parseChangedFigures,
  what: "what changed in",
  command: changedCommand,
});

interface MeasureKind<Measure> {
  readonly fileName: string;
  readonly parse: (text: string, file: string, model: MeasuredModel) => Measure;
  /** Between "Nobody has measured" and the model. */
  readonly what: string;
  readonly command: string;
}

function measure<Measure>({ fileName, parse, what, command }: MeasureKind<Measure>): LoadMeasure<Measure> {
  return async (model, fetchFile) => {
    const shipped = shippedModels.find(({ digest }) => digest === model.digest);
    const file = `models/${shipped?.id ?? "…"}/${fileName}`;
    const text = shipped === undefined ? null : await storedText(file, fetchFile);
    if (text !== null) return parse(text, file, model);
    throw new InputError(`Nobody has measured ${what} ${model.label} with these weights; ${command} does.`);
  };
}

export type LoadedMeasure<Measure> =
  { readonly type: "measure"; readonly measure: Measure } | { readonly type: "failed"; readonly message: string };

/** Fetched once for each model; a failed attempt may be made again. */
export function rememberMeasure<Measure>(
  load: LoadMeasure<Measure>,
): (model: MeasuredModel) => Promise<LoadedMeasure<Measure>> {
  const fetched = new Map<string, Promise<Measure>>(); // by digest
  return async (model) => {
    const known = fetched.get(model.digest) ?? load(model);
    fetched.set(model.digest, known);
    try {
      return { type: "measure", measure: await known };
    } catch (error) {
      fetched.delete(model.digest);
      return { type: "failed", message: errorMessage(error) };
    }
  };
}
