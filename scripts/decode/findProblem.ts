// What to decode: a problem by number or id, a line of a problem file, a text file, or a text.

import { readFile } from "node:fs/promises";
import { errorMessage, InputError } from "../../src/lib/errors";
import { curatedProblems, idForms, problemById } from "../../src/problems/families";

export interface Task {
  readonly id: string;
  readonly prompt: string;
  readonly answer: string | null;
}

/** Throws InputError that names the valid choices. Reads: 3 · an id (problemById) · file.jsonl:12 · file.jsonl:ID · @file.txt */
export async function findProblem(reference: string): Promise<Task> {
  if (reference.startsWith("@")) {
    return { id: reference, prompt: await readText(reference.slice(1)), answer: null };
  }
  if (/^\d+$/.test(reference)) return curatedProblem(Number(reference));
  const drawn = problemById(reference);
  if (drawn !== null) return drawn;
  const line = /^(.+\.jsonl):(.+)$/.exec(reference);
  if (line !== null) return problemOfFile(line[1], line[2]);
  throw new InputError(
    `--problem is "${reference}", expected a number from 1 to ${curatedProblems.length}, an id such as ` +
      `${idForms}, FILE.jsonl:LINE, FILE.jsonl:ID or @FILE`,
  );
}

function curatedProblem(number: number): Task {
  if (number < 1 || number > curatedProblems.length) {
    throw new InputError(`there is no problem ${number}, only 1 to ${curatedProblems.length}`);
  }
  return curatedProblems[number - 1];
}

/** `place` is a line number from 1, or an id. */
async function problemOfFile(file: string, place: string): Promise<Task> {
  const lines = (await readText(file)).split("\n").filter((line) => line.trim() !== "");
  const problems = lines.map((line, at) => parseProblem(line, `${file}, line ${at + 1}`));
  const problem = /^\d+$/.test(place) ? problems[Number(place) - 1] : problems.find(({ id }) => id === place);
  if (problem !== undefined) return problem;
  throw new InputError(`${file} holds no problem ${place}; it has ${problems.length} lines`);
}

function parseProblem(line: string, where: string): Task {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch (error) {
    throw new InputError(`${where}: expected JSON (${errorMessage(error)})`);
  }
  const { id, prompt, answer } = Object(fields) as Record<string, unknown>;
  if (typeof prompt !== "string") throw new InputError(`${where}: expected a text in "prompt"`);
  const isKnown = typeof answer === "string" || typeof answer === "number";
  return { id: typeof id === "string" ? id : where, prompt, answer: isKnown ? String(answer) : null };
}

/** The text unchanged, line ends included, but without a byte order mark. */
async function readText(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${errorMessage(error)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}: expected text in UTF-8, found other bytes; save it as UTF-8`);
  }
}
