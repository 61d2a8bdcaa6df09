// A problem as an evaluation needs it, whoever wrote it: what to ask and what a faultless run writes.

import { errorMessage, InputError } from "../../src/lib/errors";

export interface EvalProblem {
  readonly id: string;
  readonly family: string;
  readonly prompt: string;
  readonly answer: string;
  /** What follows the prompt in a faultless run, end token included. */
  readonly trace: string;
}

/**
 * Problems of a JSONL text, one object a line with id, family, prompt, answer and trace; other fields stay with the
 * problem. Throws InputError naming file and line.
 */
export function parseEvalProblems(text: string, file: string): EvalProblem[] {
  const problems = text
    .split("\n")
    .map((line, at) => (line.trim() === "" ? null : parseEvalProblem(line, `${file}, line ${at + 1}`)))
    .filter((problem) => problem !== null);
  if (problems.length === 0) throw new InputError(`${file} holds no problem; write one JSON object a line`);
  return problems;
}

function parseEvalProblem(line: string, where: string): EvalProblem {
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(line)) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${where}: expected JSON (${errorMessage(error)})`);
  }
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === "string") return value;
    if (typeof value === "number" && name === "answer") return String(value);
    throw new InputError(`${where}: expected a text in "${name}"; npm run problems writes such lines`);
  };
  return {
    ...fields,
    id: text("id"),
    family: text("family"),
    prompt: text("prompt"),
    answer: text("answer"),
    trace: text("trace"),
  };
}
