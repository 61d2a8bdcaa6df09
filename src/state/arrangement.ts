// Which panels are where, how large, and which are away: stored in the browser. A panel's place is its name in the rows
// below; panels/registry.ts says what the panel is. The first of the named arrangements shows everything:
//
//   wide     text │ map   │ why        medium   text │ score      narrow   one below the other
//                 │ score │ meters              map  │ why        phone    one at a time
//            lanes, if there are several        lanes
//            changed, where they differ in model
//            attention │ mask                   attention │ mask
//            foretold                           foretold
//            merges, where a run merges         merges
//            storage, where a run packs         storage
//            reading, where a run selects       reading
//            overlap │ lifelines                overlap │ lifelines
//            roles                              roles
//            pitfalls                           pitfalls
//            training, if asked for             meters
//            score card, if asked for           training, if asked for
//            characterisation, if asked for     score card, if asked for
//                                               characterisation, if asked for
import * as v from "valibot";

const narrowOrder = [
  "text",
  "map",
  "score",
  "why",
  "lanes",
  "changed",
  "attention",
  "mask",
  "foretold",
  "merges",
  "storage",
  "reading",
  "overlap",
  "lifelines",
  "roles",
  "pitfalls",
  "meters",
  "training",
  "scoreCard",
  "characterisation",
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
  /** CSS pixels that it takes at least; "screen" for all that head and timeline leave of the window. */
  readonly height: number | "screen";
  readonly columns: readonly StageColumn[];
}

export type StageWidth = "wide" | "medium" | "narrow" | "phone";

export function stageWidth(width: number): StageWidth {
  return width >= 1240 ? "wide" : width >= 860 ? "medium" : width >= 540 ? "narrow" : "phone";
}

const comparison = row("comparison", 320, [column(100, "lanes")]);
const checkpoints = row("checkpoints", 560, [column(100, "changed")]);
const outcome = row("outcome", 400, [column(100, "foretold")]);
const history = row("history", 440, [column(50, "attention"), column(50, "mask")]);
const merges = row("merged", 300, [column(100, "merges")]);
const storage = row("stored", 320, [column(100, "storage")]);
const reading = row("read", 300, [column(100, "reading")]);
const lives = row("lives", 460, [column(46, "overlap"), column(54, "lifelines")]);
const pitfalls = row("orders", 400, [column(100, "pitfalls")]);
const training = row("trained", 400, [column(100, "training")]);
const card = row("card", 400, [column(100, "scoreCard")]);
const bench = row("bench", 400, [column(100, "characterisation")]);
const roles = row("heads", 400, [column(100, "roles")]);

export const arrangementNames = ["overview", "decision", "compare", "mask", "lives", "pitfalls"] as const;
export type ArrangementName = (typeof arrangementNames)[number];

export const arrangementLabels: Readonly<Record<ArrangementName, string>> = {
  overview: "Overview",
  decision: "Decision",
  compare: "Compare",
  mask: "Mask and overlap",
  lives: "Lives",
  pitfalls: "Pitfalls",
};

const masks = [
  row("masks", "screen", [column(54, "mask"), column(46, "overlap")]),
  row("seen", 440, [column(100, "attention")]),
];

/** [arrangement] → [width of the stage] */
const places: Readonly<Record<ArrangementName, Readonly<Record<"wide" | "medium", readonly StageRow[]>>>> = {
  overview: {
    wide: [
      row("decision", "screen", [column(32, "text"), column(45, "map", "score"), column(23, "why", "meters")]),
      comparison,
      checkpoints,
      history,
      outcome,
      merges,
      storage,
      reading,
      lives,
      roles,
      pitfalls,
      training,
      card,
      bench,
    ],
    medium: [
      row("decision", "screen", [column(42, "text", "map"), column(58, "score", "why")]),
      comparison,
      checkpoints,
      history,
      outcome,
      merges,
      storage,
      reading,
      lives,
      roles,
      pitfalls,
      row("details", 180, [column(100, "meters")]),
      training,
      card,
      bench,
    ],
  },
  decision: {
    wide: [row("scores", "screen", [column(28, "text"), column(48, "score"), column(24, "why")]), outcome],
    medium: [row("scores", "screen", [column(40, "text", "why"), column(60, "score")]), outcome],
  },
  compare: {
    wide: [row("lanes", "screen", [column(62, "lanes"), column(38, "text", "why")])],
    medium: [row("lanes", "screen", [column(56, "lanes"), column(44, "text", "why")])],
  },
  mask: { wide: masks, medium: masks },
  lives: {
    wide: [row("tokens", "screen", [column(62, "lifelines"), column(38, "map", "why")])],
    medium: [row("tokens", "screen", [column(56, "lifelines"), column(44, "map", "why")])],
  },
  pitfalls: {
    wide: [row("instructions", "screen", [column(66, "pitfalls"), column(34, "text")]), comparison],
    medium: [row("instructions", "screen", [column(60, "pitfalls"), column(40, "text")]), comparison],
  },
};

/** In the order of a wide page, row by row. */
export const panelNames: readonly PanelName[] = panelsIn(places.overview.wide);

function panelsIn(rows: readonly StageRow[]): readonly PanelName[] {
  return rows.flatMap(({ columns }) => columns.flatMap(({ panels }) => panels));
}

export interface Arrangement {
  readonly name: ArrangementName;
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

export const initialArrangement: Arrangement = {
  name: "overview",
  hidden: [],
  asked: [],
  maximised: null,
  columns: {},
  heights: {},
};

/** With every panel of it in its first place and size. */
export function namedArrangement(name: ArrangementName): Arrangement {
  // With a single lane, the panel of lanes says how to add another.
  return { ...initialArrangement, name, asked: name === "compare" ? ["lanes"] : [] };
}

const panelName = v.picklist(panelNames);
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
/** What an arrangement from outside must be. */
export const arrangementSchema = v.object({
  name: v.optional(v.picklist(arrangementNames), "overview"),
  hidden: v.pipe(v.array(panelName), v.maxLength(panelNames.length)),
  asked: v.optional(v.pipe(v.array(panelName), v.maxLength(panelNames.length)), []),
  maximised: v.nullable(panelName),
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

/** Whether a panel has a place on the stage. `away`: panels that have nothing to show. */
export function isPanelShown(arrangement: Arrangement, panel: PanelName, away: readonly PanelName[] = []): boolean {
  const { hidden, asked } = arrangement;
  return !hidden.includes(panel) && (!isAway(arrangement, panel, away) || asked.includes(panel));
}

/** Shown only if the user asks: the panel has nothing to show, or is not part of the named arrangement. */
function isAway({ name }: Arrangement, panel: PanelName, away: readonly PanelName[]): boolean {
  return away.includes(panel) || !panelsIn(places[name].wide).includes(panel);
}

/** Shows or hides a panel. One that is away is listed in `asked` while shown, any other in `hidden` while hidden. */
export function withPanelShown(
  arrangement: Arrangement,
  panel: PanelName,
  isShown: boolean,
  away: readonly PanelName[] = [],
): Arrangement {
  const hidden = arrangement.hidden.filter((other) => other !== panel);
  const asked = arrangement.asked.filter((other) => other !== panel);
  const isOnDemand = isAway(arrangement, panel, away);
  return {
    ...arrangement,
    hidden: isShown || isOnDemand ? hidden : [...hidden, panel],
    asked: isShown && isOnDemand ? [...asked, panel] : asked,
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

/** Panels that the user asked for and that are not part of the named arrangement follow in rows of their own. */
function placesOf(width: StageWidth, { name, asked }: Arrangement): readonly StageRow[] {
  const isOwn = (panel: PanelName): boolean => panelsIn(places[name].wide).includes(panel);
  if (width === "narrow" || width === "phone") {
    const shown = narrowOrder.filter((panel) => isOwn(panel) || asked.includes(panel));
    return shown.map((panel) => row(panel, 0, [column(100, panel)]));
  }
  const others = asked.filter((panel) => !isOwn(panel));
  return [...places[name][width], ...others.map((panel) => row(panel, 300, [column(100, panel)]))];
}

/** Without what is hidden or away; columns share what is left of a row. */
export function stageRows(
  width: StageWidth,
  arrangement: Arrangement,
  away: readonly PanelName[] = [],
): readonly StageRow[] {
  return placesOf(width, arrangement).flatMap((whole) => {
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

function row(id: string, height: StageRow["height"], columns: readonly StageColumn[]): StageRow {
  return { id, height, columns };
}

function column(share: number, ...panels: readonly PanelName[]): StageColumn {
  // A sentence of the embedded model's reasoning fits on a line of this length.
  return { id: panels[0], share, panels, least: panels[0] === "text" ? 448 : 230 };
}
