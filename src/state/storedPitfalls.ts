// The stored sweep of the pitfalls lab, one per model, fetched when needed.
import { parsePitfallsSweep, type PitfallsSweep } from "../experiment/pitfalls";
import { InputError } from "../lib/errors";
import { storedText, type FetchFile } from "./storedFile";

export type { PitfallsCell, PitfallsFigure, PitfallsMode, PitfallsSweep } from "../experiment/pitfalls";

/** Throws InputError in plain words if there is none, or the file does not hold one. */
export async function loadPitfalls(modelId: string, fetchFile?: FetchFile): Promise<PitfallsSweep> {
  const file = `results/pitfalls/${modelId}.json`;
  const text = await storedText(file, fetchFile);
  if (text === null) throw new InputError(`No sweep is stored for this model; npm run pitfalls makes one (${file}).`);
  return parsePitfallsSweep(text, file);
}
