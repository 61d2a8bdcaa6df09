// What one lane does differently: its policy, the numbers that policy uses, and what it no longer shares with the others.
import { withLaneChoice, withoutLaneChoice, type LaneChoices, type LaneId } from "../../settings/lanes";
import { writtenValue } from "../../settings/rowValue";
import { settingRow, type Settings } from "../../settings/settings";
import { rowsOfLane } from "./laneWords";
import { SettingControl } from "./SettingControl";

interface LaneEditorProps {
  /** As a person counts lanes, from 1. */
  readonly number: number;
  readonly lane: LaneChoices;
  /** In force in this lane. */
  readonly settings: Settings;
  readonly onChange: (lane: LaneChoices) => void;
}

export function LaneEditor({ number, lane, settings, onChange }: LaneEditorProps) {
  const { own, locked } = rowsOfLane(lane);
  const control = (id: LaneId) => (
    <SettingControl
      key={id}
      row={settingRow(id)}
      value={settings[id]}
      onChange={(value) => onChange(withLaneChoice(lane, id, value))}
    />
  );
  return (
    <div className="controls-groups lane-editor">
      <fieldset>
        <legend>Lane {number}</legend>
        {control("policyId")}
        {own.map(control)}
      </fieldset>
      {locked.length > 0 && (
        <fieldset>
          <legend>Shared with lane 1 unless unlocked</legend>
          {locked.map((id) => (
            <div key={id} className="lane-lock">
              <label>
                <input
                  type="checkbox"
                  checked={lane[id] !== undefined}
                  onChange={({ target }) =>
                    onChange(target.checked ? withLaneChoice(lane, id, settings[id]) : withoutLaneChoice(lane, id))
                  }
                />
                own {settingRow(id).label}
              </label>
              {lane[id] === undefined ? <span>{writtenValue(settingRow(id), settings[id])}</span> : control(id)}
            </div>
          ))}
        </fieldset>
      )}
    </div>
  );
}
