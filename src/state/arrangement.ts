// Which panels stand where, how large and which are away: part of what a person sees, kept in the browser.
import * as v from "valibot";

export const panelNames = [
  "lanes",
  "text",
  "map",
  "score",
  "why",
  "meters",
  "attention",
  "mask",
  "overlap",
  "lifelines",
] as const;

export type PanelName = (typeof panelNames)[number];

export interface Arrangement {
  readonly hidden: readonly PanelName[];
  /** Shown although they have nothing to show: they are away unless asked for. */
  readonly asked: readonly PanelName[];
  /** The panel that fills the stage. */
  readonly maximised: PanelName | null;
  /** Widths in per cent. [row] → [column] */
  readonly columns: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** CSS pixels that a row takes at least. [row] */
  readonly heights: Readonly<Record<string, number>>;
}

export const initialArrangement: Arrangement = { hidden: [], asked: [], maximised: null, columns: {}, heights: {} };

const name = v.picklist(panelNames);
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
/** What an arrangement from outside must be. */
export const arrangementSchema = v.object({
  hidden: v.pipe(v.array(name), v.maxLength(panelNames.length)),
  asked: v.optional(v.pipe(v.array(name), v.maxLength(panelNames.length)), []),
  maximised: v.nullable(name),
  columns: v.record(v.string(), v.record(v.string(), percent)),
  heights: v.record(v.string(), v.pipe(v.number(), v.minValue(120), v.maxValue(4000))),
});

/** What was kept, or the initial arrangement where nothing was or it cannot be read. */
export function parseArrangement(text: string | null): Arrangement {
  if (text === null) return initialArrangement;
  try {
    const parsed = v.safeParse(arrangementSchema, JSON.parse(text));
    return parsed.success ? parsed.output : initialArrangement;
  } catch {
    return initialArrangement;
  }
}

/** Panels that have nothing to show: a comparison of lanes where there is one. */
export function panelsAway(laneCount: number): readonly PanelName[] {
  return laneCount > 1 ? [] : ["lanes"];
}

/** Whether a panel has a place on the stage. */
export function isPanelShown(
  { hidden, asked }: Arrangement,
  panel: PanelName,
  away: readonly PanelName[] = [],
): boolean {
  return !hidden.includes(panel) && (!away.includes(panel) || asked.includes(panel));
}

/** A panel that is away is asked for or not; it is hidden only where it would be there. */
export function withPanelShown(
  arrangement: Arrangement,
  panel: PanelName,
  isShown: boolean,
  away: readonly PanelName[] = [],
): Arrangement {
  const hidden = arrangement.hidden.filter((other) => other !== panel);
  const asked = arrangement.asked.filter((other) => other !== panel);
  const isAway = away.includes(panel);
  return {
    ...arrangement,
    hidden: isShown || isAway ? hidden : [...hidden, panel],
    asked: isShown && isAway ? [...asked, panel] : asked,
    maximised: isShown || arrangement.maximised !== panel ? arrangement.maximised : null,
  };
}

/** Makes a panel fill the stage, or gives it back its place where it did. */
export function withPanelMaximised(
  arrangement: Arrangement,
  panel: PanelName,
  away: readonly PanelName[] = [],
): Arrangement {
  const maximised = arrangement.maximised === panel ? null : panel;
  return { ...withPanelShown(arrangement, panel, true, away), maximised };
}

export function parsePanelName(text: string): PanelName | null {
  return panelNames.find((known) => known === text) ?? null;
}
