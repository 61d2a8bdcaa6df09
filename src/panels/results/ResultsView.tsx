// The results with their table: what is counted, and for which window. A file of its own, fetched with the table.
import type { ResultTable, TableCell } from "../../state/storedResults";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { ResultsBody } from "./ResultsBody";
import { resultsFrame } from "./resultsFrame";
import { windowSettings, type Measure } from "./tableView";

export interface ResultsChoice {
  readonly measure: Measure;
  /** Place of the window and interval in the table's list; another table may have fewer. */
  readonly settingPlace: number;
}

interface ResultsViewProps {
  readonly table: ResultTable;
  readonly choice: ResultsChoice;
  readonly onChoice: (choice: ResultsChoice) => void;
  readonly onTry: (table: ResultTable, cell: TableCell) => void;
}

const measureLabels: Readonly<Record<Measure, string>> = { right: "right answer", exact: "exact trace" };

export function ResultsView({ table, choice, onChoice, onTry }: ResultsViewProps) {
  const { measure, settingPlace } = choice;
  const settings = windowSettings(table);
  const setting = settings.at(settingPlace) ?? settings.at(0);
  return (
    <Panel
      {...resultsFrame}
      controls={
        <>
          <ToolChoice
            label="counted"
            value={measure}
            options={toolOptions(measureLabels)}
            onChange={(next) => onChoice({ ...choice, measure: next })}
          />
          {setting !== undefined && (
            <ToolChoice
              label="window, interval"
              value={settings.indexOf(setting)}
              options={settings.map(({ windowSlots, intervalSteps }, place) => [
                place,
                `w ${windowSlots}, s ${intervalSteps}`,
              ])}
              onChange={(place) => onChoice({ ...choice, settingPlace: place })}
            />
          )}
        </>
      }
    >
      <ResultsBody key={table.model.id} table={table} setting={setting} measure={measure} onTry={onTry} />
    </Panel>
  );
}
