// Where in a run one looks, as a readable text: "step:42,lane:2,layer:2,head:1,pin:17,zoom:10-90,loop:20-30".
import type { StepRange } from "./timeAxis";

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

/** Where a page looks that was told nothing. */
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

/** Reads what placeText wrote, and anything else: what cannot be read is listed and left at its beginning. */
export function parsePlace(text: string): { readonly place: MomentPlace; readonly problems: readonly string[] } {
  const problems: string[] = [];
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
    else problems.push(`The moment in the link: “${part.slice(0, 24)}” is no place in a run; it is ignored.`);
  }
  return { place: { ...firstPlace, ...read }, problems };
}

function numberIn(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}

function rangeIn(text: string): StepRange | null {
  const [from, to] = text.split("-", 2).map(numberIn);
  return from !== null && to !== null && to !== undefined && from < to ? { from, to } : null;
}
