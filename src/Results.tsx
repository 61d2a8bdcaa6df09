// The results panel on the page: the table of the model chosen, and its cells as settings to try.
import { memo } from "react";
import { useStore } from "zustand";
import { RESULTS_ID, ResultsPanel } from "./panels/results/ResultsPanel";
import { encodeLink } from "./settings/link";
import { settingTable } from "./settings/settings";
import { onMachineOf } from "./state/runChoices";
import { cellTrial, TRIAL_LEAD } from "./state/storedResults";
import type { PageStore } from "./state/pageStore";
import type { ResultTable, TableCell } from "./state/storedResults";

/** It stands still while a run goes on. */
export const Results = memo(function Results({ store }: { readonly store: PageStore }) {
  const modelId = useStore(store, (state) => state.choices.model ?? settingTable.model.default);
  return <ResultsPanel modelId={modelId} load={loadTable} onTry={(table, cell) => tryCell(store, table, cell)} />;
});

/** What reads a table comes with the first one. */
async function loadTable(modelId: string): Promise<ResultTable> {
  const { loadResultTable } = await import("./state/storedResults");
  return loadResultTable(modelId);
}

export function goToResults(): void {
  const results = document.getElementById(RESULTS_ID);
  results?.scrollIntoView();
  results?.focus({ preventScroll: true });
}

/** The choices become the cell's, but for those of the machine that runs them. */
function tryCell(store: PageStore, table: ResultTable, cell: TableCell): void {
  const { choices, comparison, notices, openLink, dismiss, tell } = store.getState();
  const trial = cellTrial(table, cell);
  if (trial === null) {
    tell("warning", `This page knows no problems of the family “${cell.family}”.`);
    return;
  }
  void openLink(`#${encodeLink({ choices: onMachineOf(choices, trial.choices), comparison })}`);
  // One trial follows another; only the last one is set.
  for (const { id, text } of notices) if (text.startsWith(TRIAL_LEAD)) dismiss(id);
  tell("info", trial.text);
  window.scrollTo({ top: 0 });
}
