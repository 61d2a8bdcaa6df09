// A moment: what is on screen apart from the recipe of the run: step, head, pinned token, clock, panels and their choices.
// Everything read from a link is checked; what cannot be used falls back to how a page begins, with a complaint.
import * as v from "valibot";
import type { MomentTexts } from "../settings/linkContent";
import type { Trace } from "../trace/trace";
import { arrangementSchema, initialArrangement, type Arrangement } from "./arrangement";
import type { StepRange } from "./timeAxis";

/** What the user chose in each panel, by the panel's own names; only the panel knows what they mean. [panel] → [choice] */
export type PanelChoices = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

export interface Moment extends MomentPlace {
  readonly arrangement: Arrangement;
  readonly views: PanelChoices;
}

export interface ParsedMoment {
  /** Null if the link has no moment. */
  readonly moment: Moment | null;
  /** What could not be used, in plain words. */
  readonly complaints: readonly string[];
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
    return { moment: null, complaints: [] };
  }
  const complaints: string[] = [];
  const read = <Value>(
    schema: v.GenericSchema<unknown, Value>,
    text: string | undefined,
    what: string,
  ): Value | null => {
    if (text === undefined) return null;
    const parsed = v.safeParse(schema, jsonOrNull(text));
    if (!parsed.success) complaints.push(`${what} in the link cannot be read; the page keeps its own.`);
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
    complaints: [...place.complaints, ...complaints],
  };
}

/** The moment within a run: a step or head that the run does not have becomes the nearest that it has. */
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

/** Where in a run one looks. As text: "step:42,lane:2,layer:2,head:1,pin:17,zoom:10-90,loop:20-30". */
export interface MomentPlace {
  readonly step: number;
  /** The lane on the stage, from 0; written as a person counts them, from 1. */
  readonly lane: number;
  readonly layer: number;
  readonly kvHead: number;
  readonly pinnedPosition: number | null;
  /** The part of the time axis in sight; null for all of it. */
  readonly visibleSteps: StepRange | null;
  /** The steps that playing repeats; null for none. */
  readonly loopRange: StepRange | null;
}

/** Where a page looks at first. */
export const firstPlace: MomentPlace = {
  step: 0,
  lane: 0,
  layer: 0,
  kvHead: 0,
  pinnedPosition: null,
  visibleSteps: null,
  loopRange: null,
};

export function placeText({ step, lane, layer, kvHead, pinnedPosition, visibleSteps, loopRange }: MomentPlace): string {
  return [
    `step:${step}`,
    ...(lane === 0 ? [] : [`lane:${lane + 1}`]),
    `layer:${layer}`,
    `head:${kvHead}`,
    ...(pinnedPosition === null ? [] : [`pin:${pinnedPosition}`]),
    ...(visibleSteps === null ? [] : [`zoom:${visibleSteps.from}-${visibleSteps.to}`]),
    ...(loopRange === null ? [] : [`loop:${loopRange.from}-${loopRange.to}`]),
  ].join(",");
}

/** Reads what placeText wrote, or anything else: what cannot be read is listed and keeps its first value. */
export function parsePlace(text: string): { readonly place: MomentPlace; readonly complaints: readonly string[] } {
  const complaints: string[] = [];
  const read: { -readonly [Name in keyof MomentPlace]?: MomentPlace[Name] } = {};
  for (const part of text === "" ? [] : text.split(",").slice(0, 12)) {
    const [, name, value] = /^(\w*):(.*)$/.exec(part) ?? ["", part, ""];
    const number = numberIn(value);
    const range = rangeIn(value);
    if (name === "step" && number !== null) read.step = number;
    else if (name === "lane" && number !== null && number > 0) read.lane = number - 1;
    else if (name === "layer" && number !== null) read.layer = number;
    else if (name === "head" && number !== null) read.kvHead = number;
    else if (name === "pin" && number !== null) read.pinnedPosition = number;
    else if (name === "zoom" && range !== null) read.visibleSteps = range;
    else if (name === "loop" && range !== null) read.loopRange = range;
    else complaints.push(`The moment in the link: “${part.slice(0, 24)}” is not a place in a run; it is ignored.`);
  }
  return { place: { ...firstPlace, ...read }, complaints };
}

function numberIn(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}

function rangeIn(text: string): StepRange | null {
  const [from, to] = text.split("-", 2).map(numberIn);
  return from !== null && to !== null && to !== undefined && from < to ? { from, to } : null;
}
