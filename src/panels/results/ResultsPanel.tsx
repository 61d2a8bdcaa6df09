// What each policy keeps: the stored table of a model, fetched when the panel first comes into view.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { ResultTable, TableCell } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { useSeen } from "../../ui/useSeen";
import { ResultsBody } from "./ResultsBody";
import { windowSettings, type Measure } from "./tableView";

interface ResultsPanelProps {
  readonly modelId: string;
  readonly load: (modelId: string) => Promise<ResultTable>;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

/** The element to go to. */
export const RESULTS_ID = "results";

const measureLabels: Readonly<Record<Measure, string>> = { right: "right answer", exact: "exact trace" };

type Loaded =
  | { readonly type: "table"; readonly modelId: string; readonly table: ResultTable }
  | { readonly type: "failed"; readonly modelId: string; readonly message: string };

export function ResultsPanel({ modelId, load, onTry }: ResultsPanelProps) {
  const [frame, isSeen] = useSeen<HTMLDivElement>();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [measure, setMeasure] = useState<Measure>("right");
  const [chosenSetting, setChosenSetting] = useState(0);

  useEffect(() => {
    if (!isSeen) return;
    let isWanted = true;
    load(modelId).then(
      (table) => {
        if (isWanted) setLoaded({ type: "table", modelId, table });
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
  const table = current?.type === "table" ? current.table : null;
  const settings = table === null ? [] : windowSettings(table);
  const setting = settings.at(chosenSetting) ?? settings.at(0);
  return (
    <div ref={frame} id={RESULTS_ID} tabIndex={-1} className="results" data-results={current?.type ?? "waiting"}>
      <Panel
        name="results"
        title="Results"
        subtitle="what is still solved under each policy, by budget"
        provenance={["stored"]}
        controls={
          table !== null && (
            <>
              <ToolChoice label="counted" value={measure} options={toolOptions(measureLabels)} onChange={setMeasure} />
              {setting !== undefined && (
                <ToolChoice
                  label="window, interval"
                  value={settings.indexOf(setting)}
                  options={settings.map(({ windowSlots, intervalSteps }, place) => [
                    place,
                    `w ${windowSlots}, s ${intervalSteps}`,
                  ])}
                  onChange={setChosenSetting}
                />
              )}
            </>
          )
        }
      >
        {table === null ? (
          <p className="panel-empty" role="status">
            {current?.type === "failed" ? current.message : "The stored results are loaded when they are looked at."}
          </p>
        ) : (
          <ResultsBody key={modelId} table={table} setting={setting} measure={measure} onTry={onTry} />
        )}
      </Panel>
    </div>
  );
}
