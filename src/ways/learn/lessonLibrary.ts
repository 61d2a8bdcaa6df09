// The lessons of the page: a list of ids in lessons/en/index.json, and a file each. Addresses are relative, so that the page
// works from any folder of any host.
import * as v from "valibot";
import { errorMessage, InputError } from "../../lib/errors";
import { shortened } from "../../lib/shortened";
import { parseLesson, type Lesson } from "./lessonFile";

const FOLDER = "lessons/en";

const indexSchema = v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,39}$/))), v.minLength(1));

/** In order. Throws InputError in plain words. */
export async function loadLessons(
  fetchFile: (file: string) => Promise<Response> = (file) => fetch(file),
): Promise<readonly Lesson[]> {
  const load = async (name: string): Promise<string> => {
    const file = `${FOLDER}/${name}.json`;
    try {
      const response = await fetchFile(file);
      if (response.ok) return await response.text();
      throw new InputError(`HTTP ${response.status}`);
    } catch (error) {
      throw new InputError(`${file} could not be loaded: ${errorMessage(error)}`);
    }
  };
  const ids = readIndex(await load("index"));
  return Promise.all(ids.map(async (id) => parseLesson(await load(id), `${id}.json`)));
}

function readIndex(text: string): readonly string[] {
  try {
    return v.parse(indexSchema, JSON.parse(text));
  } catch {
    throw new InputError(
      `${FOLDER}/index.json: expected a list of lesson ids, found ${shortened(text)}; reload the page`,
    );
  }
}

/** The lesson that a link names: by its number from 1, or by its id. */
export function lessonNamed(lessons: readonly Lesson[], name: string): Lesson | null {
  const number = /^\d+$/.test(name) ? Number(name) : null;
  return (number === null ? lessons.find(({ id }) => id === name) : lessons.at(number - 1)) ?? null;
}

const OWN_KEY = "winnow.ownLesson";

/** The lesson that the reader opened from a file; it outlives a visit where the browser lets it. */
export function keptLesson(): Lesson | null {
  try {
    const text = localStorage.getItem(OWN_KEY);
    return text === null ? null : parseLesson(text, "the lesson opened last");
  } catch {
    return null;
  }
}

export function keepLesson(text: string): void {
  try {
    localStorage.setItem(OWN_KEY, text);
  } catch {
    // Full or refused: the lesson stays open, for this visit.
  }
}
