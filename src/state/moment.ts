// A moment: what is on screen, apart from the recipe of the run: step, head, pinned token, clock, panels and their
// choices. Everything read from a link is checked; what does not hold falls back to what a page begins with, and is said.
import * as v from "valibot";
import type { MomentTexts } from "../settings/linkContent";
import type { Trace } from "../trace/trace";
import { arrangementSchema, initialArrangement, type Arrangement } from "./arrangement";
import { parsePlace, placeText, type MomentPlace } from "./momentPlace";

/** What a panel was asked to show, by its own names; only the panel knows what they mean. [panel] → [choice] */
export type PanelChoices = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

export interface Moment extends MomentPlace {
  readonly arrangement: Arrangement;
  readonly views: PanelChoices;
}

export interface ParsedMoment {
  /** Null where the link says nothing of a moment. */
  readonly moment: Moment | null;
  /** What could not be used, in plain words. */
  readonly problems: readonly string[];
}

const shortText = v.pipe(v.string(), v.maxLength(60));
const choice = v.union([v.pipe(v.number(), v.finite()), v.boolean(), shortText]);
const choicesOfPanel = v.pipe(v.record(shortText, choice), v.maxEntries(32));
const viewsSchema = v.pipe(v.record(shortText, choicesOfPanel), v.maxEntries(24));

/** The texts for a link: only what differs from a page at rest. */
export function momentTexts({ arrangement, views, ...place }: Moment): MomentTexts {
  const away = Object.fromEntries(
    Object.entries(arrangement).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(initialArrangement[name as keyof Arrangement]),
    ),
  );
  const shown = Object.fromEntries(Object.entries(views).filter(([, choices]) => Object.keys(choices).length > 0));
  return {
    at: placeText(place),
    ...(Object.keys(away).length > 0 && { panels: JSON.stringify(away) }),
    ...(Object.keys(shown).length > 0 && { views: JSON.stringify(shown) }),
  };
}

export function parseMoment(texts: MomentTexts): ParsedMoment {
  if (texts.at === undefined && texts.panels === undefined && texts.views === undefined) {
    return { moment: null, problems: [] };
  }
  const problems: string[] = [];
  const read = <Value>(
    schema: v.GenericSchema<unknown, Value>,
    text: string | undefined,
    lost: string,
  ): Value | null => {
    if (text === undefined) return null;
    const parsed = v.safeParse(schema, jsonOrNull(text));
    if (!parsed.success) problems.push(`${lost} in the link cannot be read; the page keeps its own.`);
    return parsed.success ? parsed.output : null;
  };
  const place = parsePlace(texts.at ?? "");
  const arrangement = read(v.partial(arrangementSchema), texts.panels, "The arrangement of panels");
  const views = read(viewsSchema, texts.views, "What the panels show");
  return {
    moment: {
      ...place.place,
      arrangement: { ...initialArrangement, ...arrangement },
      views: views ?? {},
    },
    problems: [...place.problems, ...problems],
  };
}

/** The moment as far as a run has it: a step, head or position that it lacks becomes the nearest that it has. */
export function momentWithin(moment: Moment, { header, steps }: Trace): Moment {
  const lastStep = Math.max(0, steps.length - 1);
  const { layerCount, kvHeadCount } = header.model;
  const within = (value: number, last: number): number => Math.min(Math.max(0, last), value);
  const range = <Range extends Moment["loopRange"]>(given: Range): Range | null => {
    if (given === null) return null;
    const to = within(given.to, lastStep);
    return given.from < to ? { ...given, to } : null;
  };
  const positionCount = header.promptTokens.length + steps.length;
  const { pinnedPosition } = moment;
  return {
    ...moment,
    step: within(moment.step, lastStep),
    layer: within(moment.layer, layerCount - 1),
    kvHead: within(moment.kvHead, kvHeadCount - 1),
    pinnedPosition: pinnedPosition !== null && pinnedPosition < positionCount ? pinnedPosition : null,
    visibleSteps: range(moment.visibleSteps),
    loopRange: range(moment.loopRange),
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
