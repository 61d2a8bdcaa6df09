// What each policy keeps: the stored table of a model, fetched when the panel first comes into view.
import { useEffect, useState } from "react";
import { errorMessage } from "../../lib/errors";
import type { ResultTable, TableCell } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { useSeen } from "../../ui/useSeen";
import { ResultsBody } from "./ResultsBody";
import { windowSettings, type Measure, type WindowSetting } from "./tableView";

interface ResultsPanelProps {
  readonly modelId: string;
  readonly load: (modelId: string) => Promise<ResultTable>;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

/** The element to go to. */
export const RESULTS_ID = "results";

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
              <MeasureChoice value={measure} onChange={setMeasure} />
              <SettingChoice settings={settings} value={setting} onChange={setChosenSetting} />
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

interface MeasureChoiceProps {
  readonly value: Measure;
  readonly onChange: (measure: Measure) => void;
}

function MeasureChoice({ value, onChange }: MeasureChoiceProps) {
  return (
    <label className="tool">
      <span>counted</span>
      <select value={value} onChange={(event) => onChange(event.target.value as Measure)}>
        <option value="right">right answer</option>
        <option value="exact">exact trace</option>
      </select>
    </label>
  );
}

interface SettingChoiceProps {
  readonly settings: readonly WindowSetting[];
  readonly value: WindowSetting | undefined;
  readonly onChange: (place: number) => void;
}

function SettingChoice({ settings, value, onChange }: SettingChoiceProps) {
  if (value === undefined) return null;
  return (
    <label className="tool">
      <span>window, interval</span>
      <select value={settings.indexOf(value)} onChange={(event) => onChange(Number(event.target.value))}>
        {settings.map(({ windowSlots, intervalSteps }, place) => (
          <option key={place} value={place}>
            w {windowSlots}, s {intervalSteps}
          </option>
        ))}
      </select>
    </label>
  );
}
