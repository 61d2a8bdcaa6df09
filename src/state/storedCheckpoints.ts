// What is stored of the training of Winnow 1M, distilled: how often its checkpoints are right, those of the stages base, distilled
// and RL, and what the reference's training mask makes of one. Fetched when a panel first needs it.
import { parseCheckpointResults, type CheckpointResults } from "../experiment/checkpointResults";
import { errorMessage, InputError } from "../lib/errors";
import { storedText, type FetchFile } from "./storedFile";

export {
  checkpointCell,
  exactShare,
  rightDifference,
  rightShare,
  type Checkpoint,
  type CheckpointCell,
  type CheckpointResults,
  type Share,
} from "../experiment/checkpointResults";

export type StoredName = "training" | "stages" | "masks";
export type LoadedCheckpoints =
  | { readonly type: "results"; readonly results: CheckpointResults }
  | { readonly type: "failed"; readonly message: string };

const trainedModelId = "winnow-1m-distilled";

const fetched = new Map<StoredName, Promise<CheckpointResults>>();

/** Fetched once; a failed attempt may be made again. */
export async function storedCheckpoints(name: StoredName): Promise<LoadedCheckpoints> {
  const known = fetched.get(name) ?? loadCheckpoints(name);
  fetched.set(name, known);
  try {
    return { type: "results", results: await known };
  } catch (error) {
    fetched.delete(name);
    return { type: "failed", message: errorMessage(error) };
  }
}

/** Throws InputError in plain words if the file is not there or cannot be used. */
async function loadCheckpoints(name: StoredName, fetchFile?: FetchFile): Promise<CheckpointResults> {
  const file = `models/${trainedModelId}/${name}.json`;
  const text = await storedText(file, fetchFile);
  if (text === null) throw new InputError(`${file} is not there; npm run checkpoints -- ${name} makes it.`);
  return parseCheckpointResults(text, file);
}
