// The streams of an evaluation with their questions: drawn, or read from a file.
import { readFile } from "node:fs/promises";
import { errorMessage, InputError } from "../../src/lib/errors";
import { drawQuestions } from "../../src/problems/stream/questions";
import { drawStream, streamWords } from "../../src/problems/stream/streamProblem";
import type { StreamEvalOptions } from "./options";

export interface AskedStream {
  readonly id: string;
  /** Words of the frames, the begin token first. */
  readonly words: readonly string[];
  /** In the order in which they are asked. */
  readonly questions: readonly AskedQuestion[];
}

export interface AskedQuestion {
  readonly type: string;
  readonly question: string;
  /** Without the end token. */
  readonly answer: string;
  /** Frames seen when it is asked; null: all. */
  readonly moment: number | null;
  /** The last frame that shows what is needed, −1 where nothing is; null where the file does not say. */
  readonly lastShown: number | null;
}

export async function findStreams({ source, questionCount, moments }: StreamEvalOptions): Promise<AskedStream[]> {
  if (source.type === "file") {
    const streams = parseStreams(await textOf(source.file), source.file, questionCount);
    return source.count === null ? streams : streams.slice(0, source.count);
  }
  return Array.from({ length: source.count }, (_, at) => {
    const stream = drawStream(source.knobs, source.seed + at);
    return {
      id: stream.id,
      words: streamWords(stream.frames),
      questions: drawQuestions(stream, { count: questionCount, moments }),
    };
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new InputError(`${file}: could not be read (${errorMessage(error)})`);
  }
}

/** Lines as scripts/streamLines.ts writes them; an end token behind an answer is dropped. */
export function parseStreams(text: string, file: string, questionCount: number): AskedStream[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new InputError(`${file} has no streams: expected one JSON object a line`);
  return lines.map((line, at) => {
    try {
      const { id, stream, questions } = JSON.parse(line) as Record<string, unknown>;
      if (typeof id !== "string" || typeof stream !== "string" || !Array.isArray(questions)) {
        throw new InputError("expected id, stream and questions");
      }
      return { id, words: stream.split(" "), questions: questions.slice(0, questionCount).map(questionOf) };
    } catch (error) {
      throw new InputError(`${file}, line ${at + 1} is no stream: ${errorMessage(error)}`);
    }
  });
}

function questionOf(value: unknown): AskedQuestion {
  const { type, question, answer, moment = null, lastShown = null } = value as Record<string, unknown>;
  if (typeof type !== "string" || typeof question !== "string" || typeof answer !== "string") {
    throw new InputError("a question has type, question and answer");
  }
  const numberOf = (field: unknown): number | null => (typeof field === "number" ? field : null);
  const words = answer.replace(/ <eos>$/, "");
  return { type, question, answer: words, moment: numberOf(moment), lastShown: numberOf(lastShown) };
}
