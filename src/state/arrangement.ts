// Which panels are where, how large, and which are away: stored in the browser. A panel's place is its name in the rows
// below; panels/registry.ts says what the panel is.
//
//            lanes, if there are several
//   wide     text │ map   │ why        medium   text │ map        narrow   one below the other
//                 │ score │ meters                 │ score
//            attention │ mask                    why │ meters
//            overlap │ lifelines           attention │ mask
//                                            overlap │ lifelines
import * as v from "valibot";

const narrowOrder = [
  "lanes",
  "text",
  "map",
  "score",
  "why",
  "attention",
  "mask",
  "overlap",
  "lifelines",
  "meters",
] as const;

export type PanelName = (typeof narrowOrder)[number];

export interface StageColumn {
  readonly id: string;
  /** Of the row's width, in per cent. */
  readonly share: number;
  readonly panels: readonly PanelName[];
  /** CSS pixels below which it cannot be dragged. */
  readonly least: number;
}

export interface StageRow {
  readonly id: string;
  /** CSS pixels that it takes at least. */
  readonly height: number;
  readonly columns: readonly StageColumn[];
}

export type StageWidth = "wide" | "medium" | "narrow";

export function stageWidth(width: number): StageWidth {
  return width >= 1240 ? "wide" : width >= 860 ? "medium" : "narrow";
}

const comparison = row("comparison", 320, [column(100, "lanes")]);
const history = row("history", 440, [column(50, "attention"), column(50, "mask")]);
const lives = row("lives", 460, [column(46, "overlap"), column(54, "lifelines")]);

const places: Readonly<Record<StageWidth, readonly StageRow[]>> = {
  wide: [
    comparison,
    row("decision", 600, [column(32, "text"), column(45, "map", "score"), column(23, "why", "meters")]),
    history,
    lives,
  ],
  medium: [
    comparison,
    row("decision", 600, [column(42, "text"), column(58, "map", "score")]),
    row("details", 240, [column(50, "why"), column(50, "meters")]),
    history,
    lives,
  ],
  narrow: narrowOrder.map((name) => row(name, 0, [column(100, name)])),
};

/** In the order of a wide page, row by row. */
export const panelNames: readonly PanelName[] = places.wide.flatMap(({ columns }) =>
  columns.flatMap(({ panels }) => panels),
);

export interface Arrangement {
  readonly hidden: readonly PanelName[];
  /** Shown because the user asked, although they have nothing to show: such panels are away by default. */
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

/** The stored arrangement, or the initial one if nothing is stored or it cannot be read. */
export function parseArrangement(text: string | null): Arrangement {
  if (text === null) return initialArrangement;
  try {
    const parsed = v.safeParse(arrangementSchema, JSON.parse(text));
    return parsed.success ? parsed.output : initialArrangement;
  } catch {
    return initialArrangement;
  }
}

/** Whether a panel has a place on the stage. */
export function isPanelShown(
  { hidden, asked }: Arrangement,
  panel: PanelName,
  away: readonly PanelName[] = [],
): boolean {
  return !hidden.includes(panel) && (!away.includes(panel) || asked.includes(panel));
}

/** A panel that is away is asked for or not; only one that is not away can be hidden. */
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

/** Makes a panel fill the stage, or puts it back in its place if it does already. */
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

/** Without what is hidden or away; columns share what is left of a row. */
export function stageRows(
  width: StageWidth,
  arrangement: Arrangement,
  away: readonly PanelName[] = [],
): readonly StageRow[] {
  return places[width].flatMap((whole) => {
    const columns = whole.columns
      .map((part) => ({ ...part, panels: part.panels.filter((panel) => isPanelShown(arrangement, panel, away)) }))
      .filter((part) => part.panels.length > 0);
    const total = columns.reduce((sum, { share }) => sum + share, 0);
    if (columns.length === 0) return [];
    return [{ ...whole, columns: columns.map((part) => ({ ...part, share: (100 * part.share) / total })) }];
  });
}

/** The stored widths, if they are about these very columns. */
export function keptLayout(
  { columns }: StageRow,
  kept: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> {
  const isSame =
    kept !== undefined && Object.keys(kept).length === columns.length && columns.every(({ id }) => id in kept);
  return isSame ? kept : Object.fromEntries(columns.map(({ id, share }) => [id, share]));
}

function row(id: string, height: number, columns: readonly StageColumn[]): StageRow {
  return { id, height, columns };
}

function column(share: number, ...panels: readonly PanelName[]): StageColumn {
  // A sentence of the embedded model's reasoning fits on a line of this length.
  return { id: panels[0], share, panels, least: panels[0] === "text" ? 448 : 230 };
}
