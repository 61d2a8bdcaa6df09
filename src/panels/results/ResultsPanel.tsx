// What each policy keeps: the stored table of a model and what draws it, fetched when the panel first comes into view.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { ResultTable, TableCell } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { useSeen } from "../../ui/useSeen";
import { resultsFrame } from "./resultsFrame";
import type { ResultsChoice, ResultsView } from "./ResultsView";

interface ResultsPanelProps {
  readonly modelId: string;
  readonly load: (modelId: string) => Promise<ResultTable>;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

/** The element to go to. */
export const RESULTS_ID = "results";

type Loaded =
  | { readonly type: "table"; readonly modelId: string; readonly table: ResultTable; readonly View: typeof ResultsView }
  | { readonly type: "failed"; readonly modelId: string; readonly message: string };

export function ResultsPanel({ modelId, load, onTry }: ResultsPanelProps) {
  const [frame, isSeen] = useSeen<HTMLDivElement>();
  // Kept here: what is counted stays when another model is chosen.
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
        <current.View table={current.table} choice={choice} onChoice={setChoice} onTry={onTry} />
      ) : (
        <Panel {...resultsFrame}>
          <p className="panel-empty" role="status">
            {current?.type === "failed" ? current.message : "The stored results are loaded when they are looked at."}
          </p>
        </Panel>
      )}
    </div>
  );
}
