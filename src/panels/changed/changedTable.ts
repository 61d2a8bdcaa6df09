// What the panel draws, as rows: this run first, then the stored figures as chosen.
import type { ChangedFigures, Estimate } from "../../state/storedMeasures";
import type { FigureTable } from "../../ui/figure/figureTable";
import type { BarGroup, LiveFacts } from "./layout";
import { shownCell, storedGroups } from "./stored";
import type { ChangedView } from "./view";

type Row = FigureTable["rows"][number];

export function changedTable(live: LiveFacts | null, stored: ChangedFigures | null, view: ChangedView): FigureTable {
  const cell = stored === null ? null : shownCell(stored.cells, view);
  const groups = cell === null || stored === null ? null : storedGroups(cell, view, stored.heads);
  const place = cell === null ? "stored" : `stored, ${cell.family}, ${100 * cell.budgetShare} %`;
  return {
    caption:
      "Words that are read from facts which an event has decided about, in the base model and in the changed one: means with their " +
      "standard errors; rows of this run first, then of the stored figures.",
    columns: [
      "source",
      "figure",
      "of",
      "words of the base",
      "base (mean)",
      "base (standard error)",
      "words of the changed",
      "changed (mean)",
      "changed (standard error)",
    ],
    rows: [
      ...(live === null
        ? []
        : [
            ...rows("this run", "right (share)", live.rightByAge),
            ...rows("this run", "heads that keep the fact", live.keptByAge),
            ...rows("this run", "attention on the fact (share)", live.attention),
            ...rows("this run", "entropy of the votes (nats)", live.votes),
          ]),
      ...(groups === null
        ? []
        : [
            ...rows(place, "right (share)", groups.withheld),
            ...rows(place, "right (share), as many other slots withheld instead", controls(groups.withheld)),
            ...rows(place, "right (share)", groups.rightByAge),
            ...rows(place, "heads that keep the fact", groups.kept),
            ...rows(place, "attention on the fact (share)", groups.attention),
            ...rows(place, "entropy of the votes (nats)", groups.votes),
          ]),
    ],
  };
}

function controls(groups: readonly BarGroup[]): readonly BarGroup[] {
  return groups.flatMap(({ control, ...group }) => (control === undefined ? [] : [{ ...group, ...control }]));
}

function rows(source: string, figure: string, groups: readonly BarGroup[]): readonly Row[] {
  return groups.map(({ name, base, changed }) => [source, figure, name, ...cells(base), ...cells(changed)]);
}

function cells({ count, mean, error }: Estimate): Row {
  const cell = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return [count, cell(mean), cell(error)];
}
