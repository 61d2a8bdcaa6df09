// The results panel. The stored table of a model, and the code that draws it, are loaded when the panel first comes into
// view.

import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { BudgetUnit, ResultTable, TableCell } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { useSeen } from "../../ui/latePanel";
import { RESULTS_ID } from "./goToResults";
import type { ResultsChoice, ResultsHeading, ResultsView } from "./ResultsView";

interface ResultsPanelProps {
  readonly modelId: string;
  readonly load: (modelId: string, unit: BudgetUnit) => Promise<ResultTable>;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
  /** Shows the score card. */
  readonly onCard: () => void;
}

const heading: ResultsHeading = {
  name: "results",
  title: "Results",
  subtitle: "problems solved under each policy, by budget",
  provenance: ["stored"],
};

interface Asked {
  readonly modelId: string;
  readonly unit: BudgetUnit;
}

type Loaded = Asked &
  (
    | { readonly type: "table"; readonly table: ResultTable; readonly View: typeof ResultsView }
    | { readonly type: "failed"; readonly message: string }
  );

const unitLabels: Readonly<Record<BudgetUnit, string>> = { slots: "equal slots", bytes: "equal bytes" };

export function ResultsPanel({ modelId, load, onTry, onCard }: ResultsPanelProps) {
  const [frame, isSeen] = useSeen<HTMLDivElement>();
  // Kept here, so that it survives a change of model.
  const [choice, setChoice] = useState<ResultsChoice>({ measure: "right", settingPlace: 0 });
  const [unit, setUnit] = useState<BudgetUnit>("slots");
  const [loaded, setLoaded] = useState<Loaded | null>(null);

  useEffect(() => {
    if (!isSeen) return;
    let isWanted = true;
    Promise.all([load(modelId, unit), import("./ResultsView")]).then(
      ([table, view]) => {
        if (isWanted) setLoaded({ type: "table", modelId, unit, table, View: view.ResultsView });
      },
      (error: unknown) => {
        if (isWanted) setLoaded({ type: "failed", modelId, unit, message: errorMessage(error) });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [isSeen, modelId, unit, load]);

  // One table stays until the other has come.
  const current = loaded?.modelId === modelId ? loaded : null;
  const tools = (
    <>
      <button type="button" title="Four figures for each method, over all families" onClick={onCard}>
        Score card
      </button>
      <ToolChoice label="compared at" value={unit} options={toolOptions(unitLabels)} onChange={setUnit} />
    </>
  );
  return (
    <div
      ref={frame}
      id={RESULTS_ID}
      tabIndex={-1}
      className="results"
      data-results={current?.type ?? "waiting"}
      data-unit={current?.unit}
    >
      {current?.type === "table" ? (
        <current.View
          heading={heading}
          table={current.table}
          tools={tools}
          choice={choice}
          onChoice={setChoice}
          onTry={onTry}
        />
      ) : (
        <Panel {...heading} controls={tools}>
          <p className="panel-empty" role="status">
            {current?.type === "failed" ? current.message : "The stored results load when they come into view."}
          </p>
        </Panel>
      )}
    </div>
  );
}
