// Where the panels stand: rows of columns of panels, by the width of the page. Pure.
//
//            lanes, where there are several
//   wide     text │ map   │ why        medium   text │ map        narrow   one below the other
//                 │ score │ meters                 │ score
//            attention │ mask                    why │ meters
//            overlap │ lifelines           attention │ mask
//                                            overlap │ lifelines
import { isPanelShown, type Arrangement, type PanelName } from "../../state/arrangement";

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

const arrangements: Readonly<Record<StageWidth, readonly StageRow[]>> = {
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
  narrow: (
    ["lanes", "text", "map", "score", "why", "attention", "mask", "overlap", "lifelines", "meters"] as const
  ).map((name) => row(name, 0, [column(100, name)])),
};

/** Without what is hidden or away; columns share what is left of a row. */
export function stageRows(
  width: StageWidth,
  arrangement: Arrangement,
  away: readonly PanelName[] = [],
): readonly StageRow[] {
  return arrangements[width].flatMap((whole) => {
    const columns = whole.columns
      .map((part) => ({ ...part, panels: part.panels.filter((panel) => isPanelShown(arrangement, panel, away)) }))
      .filter((part) => part.panels.length > 0);
    const total = columns.reduce((sum, { share }) => sum + share, 0);
    if (columns.length === 0) return [];
    return [{ ...whole, columns: columns.map((part) => ({ ...part, share: (100 * part.share) / total })) }];
  });
}

/** Widths as they were left, where they are about these very columns. */
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
