// The query of an embedded page, "?embed&panels=text,map&mode=read": what a teacher chooses for a frame. Anything that
// cannot be used falls back, with a complaint in plain words; the recipe itself is in the fragment.
import { shortened } from "../lib/shortened";
import { parseLessonPlace, type LessonPlace } from "../settings/linkContent";
import { panelNames } from "./arrangement";

export const embedPanels = [...panelNames, "timeline"] as const;
export type EmbedPanel = (typeof embedPanels)[number];

/** What `hide` can take away, one by one. */
export const embedControls = [
  "run",
  "step",
  "play",
  "recorded",
  "problem",
  "policy",
  "budget",
  "window",
  "interval",
  "alpha",
  "lambda",
  "verdict",
  "open",
] as const;
export type EmbedControl = (typeof embedControls)[number];

const themes = ["system", "light", "dark"] as const;
const modes = ["read", "interactive"] as const;
const starts = ["playing", "paused"] as const;

export interface EmbedOptions {
  readonly theme: (typeof themes)[number];
  readonly panels: readonly EmbedPanel[];
  /** `read` shows and plays; `interactive` also changes settings and runs. */
  readonly mode: (typeof modes)[number];
  readonly hidden: readonly EmbedControl[];
  readonly start: (typeof starts)[number];
  /** The step that a paused page shows; null if the query does not say. */
  readonly step: number | null;
  /** Id of the recorded run to begin with, or LIVE_RUN; null for the first. */
  readonly recordedId: string | null;
  /** Origins that may drive the page; null for whichever embeds it. */
  readonly allowedOrigins: readonly string[] | null;
  /** The lesson that the frame holds instead of panels; null for none. */
  readonly lesson: LessonPlace | null;
}

/** As a `run`: the frame computes the run of its fragment by itself. */
export const LIVE_RUN = "live";

export interface EmbedQuery {
  readonly options: EmbedOptions;
  /** What could not be used, in plain words. */
  readonly complaints: readonly string[];
}

export const defaultEmbedOptions: EmbedOptions = {
  theme: "system",
  panels: ["text", "map", "timeline"],
  mode: "read",
  hidden: [],
  start: "playing",
  step: null,
  recordedId: null,
  allowedOrigins: null,
  lesson: null,
};

/** Queries are written by hand: longer ones are not ours. */
const LONGEST_QUERY = 4000;
const knownKeys = ["embed", "theme", "panels", "mode", "hide", "start", "step", "run", "allow", "lesson"];

/** Null for the query of a page that is not embedded. */
export function parseEmbedQuery(search: string): EmbedQuery | null {
  const query = new URLSearchParams(search.slice(0, LONGEST_QUERY));
  if (!query.has("embed")) return null;
  const complaints: string[] = [];
  if (search.length > LONGEST_QUERY) {
    complaints.push(`The query has ${search.length} characters; only the first ${LONGEST_QUERY} were read.`);
  }
  for (const key of new Set(query.keys())) {
    if (!knownKeys.includes(key)) {
      complaints.push(
        `“${shortened(key)}” isn’t an option of an embedded page; there are ${knownKeys.slice(1).join(", ")}.`,
      );
    }
  }
  const one = <Value extends string>(key: string, known: readonly Value[], fallback: Value): Value => {
    const text = query.get(key);
    if (text === null) return fallback;
    const value = known.find((candidate) => candidate === text);
    if (value === undefined) {
      complaints.push(`${key}: “${shortened(text)}” isn’t one of ${known.join(", ")}; ${fallback} is used.`);
    }
    return value ?? fallback;
  };
  const several = <Value extends string>(key: string, known: readonly Value[]): readonly Value[] =>
    listed(query, key).flatMap((text) => {
      const value = known.find((candidate) => candidate === text);
      if (value === undefined) complaints.push(`${key}: “${shortened(text)}” isn’t one of ${known.join(", ")}.`);
      return value ?? [];
    });
  const fallback = defaultEmbedOptions;
  const panels = several("panels", embedPanels);
  return {
    options: {
      theme: one("theme", themes, fallback.theme),
      panels: panels.length === 0 ? fallback.panels : panels,
      mode: one("mode", modes, fallback.mode),
      hidden: several("hide", embedControls),
      start: one("start", starts, fallback.start),
      step: stepOf(query.get("step"), complaints),
      recordedId: query.get("run"),
      allowedOrigins: query.has("allow") ? originsOf(listed(query, "allow"), complaints) : null,
      lesson: lessonOf(query.get("lesson"), complaints),
    },
    complaints,
  };
}

/** The values of a key, separated by commas, each once. */
function listed(query: URLSearchParams, key: string): readonly string[] {
  const parts = query.getAll(key).flatMap((text) => text.split(","));
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ""))];
}

function stepOf(text: string | null, complaints: string[]): number | null {
  if (text === null) return null;
  if (/^\d{1,7}$/.test(text)) return Number(text);
  complaints.push(`step: “${shortened(text)}” is not a step of a run, such as 128.`);
  return null;
}

function lessonOf(text: string | null, complaints: string[]): LessonPlace | null {
  const lesson = text === null ? null : parseLessonPlace(text);
  if (text !== null && lesson === null) {
    complaints.push(`lesson: “${shortened(text)}” isn’t a lesson’s number or id, such as 3 or why-a-cache:2.`);
  }
  return lesson;
}

/** Origins as the browser writes them. If a list names no usable origin, nobody may drive the page. */
function originsOf(texts: readonly string[], complaints: string[]): readonly string[] {
  return texts.flatMap((text) => {
    const origin = originOf(text);
    if (origin === null) {
      complaints.push(`allow: “${shortened(text)}” is not an origin such as https://course.example.`);
    }
    return origin ?? [];
  });
}

function originOf(text: string): string | null {
  if (!/^https?:\/\/[^/?#]+\/?$/.test(text) || !URL.canParse(text)) return null;
  return new URL(text).origin;
}
