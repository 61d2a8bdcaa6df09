// Which panels stand where, how large and which are away: part of what a person sees, kept in the browser.
import * as v from "valibot";

export const panelNames = [
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
  /** The panel that fills the stage. */
  readonly maximised: PanelName | null;
  /** Widths in per cent. [row] → [column] */
  readonly columns: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** CSS pixels that a row takes at least. [row] */
  readonly heights: Readonly<Record<string, number>>;
}

export const initialArrangement: Arrangement = { hidden: [], maximised: null, columns: {}, heights: {} };

const name = v.picklist(panelNames);
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
/** What an arrangement from outside must be. */
export const arrangementSchema = v.object({
  hidden: v.pipe(v.array(name), v.maxLength(panelNames.length)),
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

export function withPanelShown(arrangement: Arrangement, panel: PanelName, isShown: boolean): Arrangement {
  const hidden = arrangement.hidden.filter((other) => other !== panel);
  return {
    ...arrangement,
    hidden: isShown ? hidden : [...hidden, panel],
    maximised: isShown || arrangement.maximised !== panel ? arrangement.maximised : null,
  };
}

/** Makes a panel fill the stage, or gives it back its place where it did. */
export function withPanelMaximised(arrangement: Arrangement, panel: PanelName): Arrangement {
  return { ...withPanelShown(arrangement, panel, true), maximised: arrangement.maximised === panel ? null : panel };
}

export function parsePanelName(text: string): PanelName | null {
  return panelNames.find((known) => known === text) ?? null;
}
