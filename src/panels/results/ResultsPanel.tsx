// The results panel. The stored table of a model, and the code that draws it, are loaded when the panel first comes into
// view.

import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { ResultTable, TableCell } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { useSeen } from "../../ui/latePanel";
import type { ResultsChoice, ResultsHeading, ResultsView } from "./ResultsView";

interface ResultsPanelProps {
  readonly modelId: string;
  readonly load: (modelId: string) => Promise<ResultTable>;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

/** The element to scroll to. */
export const RESULTS_ID = "results";

const heading: ResultsHeading = {
  name: "results",
  title: "Results",
  subtitle: "problems solved under each policy, by budget",
  provenance: ["stored"],
};

type Loaded =
  | { readonly type: "table"; readonly modelId: string; readonly table: ResultTable; readonly View: typeof ResultsView }
  | { readonly type: "failed"; readonly modelId: string; readonly message: string };

export function ResultsPanel({ modelId, load, onTry }: ResultsPanelProps) {
  const [frame, isSeen] = useSeen<HTMLDivElement>();
  // Kept here, so that it survives a change of model.
  const [choice, setChoice] = useState<ResultsChoice>({ measure: "right", settingPlace: 0 });
  const [loaded, setLoaded] = useState<Loaded | null>(null);

  useEffect(() => {
    if (!isSeen) return;
    let isWanted = true;
    Promise.all([load(modelId), import("./ResultsView")]).then(
      ([table, view]) => {
        if (isWanted) setLoaded({ type: "table", modelId, table, View: view.ResultsView });
      },
      (error: unknown) => {
        if (isWanted) setLoaded({ type: "failed", modelId, message: errorMessage(error) });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [isSeen, modelId, load]);

  const current = loaded?.modelId === modelId ? loaded : null;
  return (
    <div ref={frame} id={RESULTS_ID} tabIndex={-1} className="results" data-results={current?.type ?? "waiting"}>
      {current?.type === "table" ? (
        <current.View heading={heading} table={current.table} choice={choice} onChoice={setChoice} onTry={onTry} />
      ) : (
        <Panel {...heading}>
          <p className="panel-empty" role="status">
            {current?.type === "failed" ? current.message : "The stored results load when they come into view."}
          </p>
        </Panel>
      )}
    </div>
  );
}
