// The controls: the recipe of the next run, and the buttons that start, hold and end it. Rows come from the table.
import { isUnusedByPolicy, policyOf } from "../../settings/inForce";
import { settingIds, settingRow, type SettingId, type Settings } from "../../settings/settings";
import type { SettingValue } from "../../settings/settingRow";
import type { RunStatus } from "../../state/pageState";
import { writtenShare } from "../../ui/numbers";
import { SettingControl } from "./SettingControl";
import { ProblemControl } from "./ProblemControl";
import { RunButtons, type RunActions } from "./RunButtons";

interface ControlsPanelProps extends RunActions {
  readonly settings: Settings;
  /** What had to be changed about the choices, in plain words. */
  readonly problems: readonly string[];
  readonly runStatus: RunStatus;
  /** Tokens of prompt and reasoning that the problem is expected to take; null for a free text. */
  readonly expectedTokens: number | null;
  /** The settings are not those of the run on screen. */
  readonly isChanged: boolean;
  readonly choose: (id: SettingId, value: SettingValue) => void;
}

const mainIds = settingIds.filter((id) => id !== "problem" && settingRow(id).isMain === true);
const walkIds = ["rooms", "walkSteps", "problemSeed"] as const;

export function ControlsPanel(props: ControlsPanelProps) {
  const { settings, choose, expectedTokens } = props;
  const isText = settings.problem === "text";
  const control = (id: SettingId) => (
    <SettingControl
      key={id}
      row={settingRow(id)}
      value={settings[id]}
      isUnused={isUnused(id, settings)}
      onChange={(value) => choose(id, value)}
      {...(id === "budgetSlots" && budgetExtras(settings.budgetSlots, expectedTokens))}
    />
  );
  return (
    <section className="controls" aria-label="Settings of the next run">
      <div className="controls-main">
        <ProblemControl settings={settings} choose={choose} />
        {mainIds.map(control)}
      </div>
      {props.problems.map((problem) => (
        <p key={problem} className="settings-problem" role="status">
          {problem}
        </p>
      ))}
      {isText && control("promptText")}
      <div className="controls-foot">
        <p className="policy-summary">{policyOf(settings.policyId).summary}</p>
        <details className="controls-more">
          <summary>More settings</summary>
          <div className="controls-groups">
            {!isText && <Group title="Problem">{walkIds.map(control)}</Group>}
            <Group title="Cache">{idsOf("cache").map(control)}</Group>
            <Group title="Score">{idsOf("score").map(control)}</Group>
            <Group title="Sampling">{idsOf("sampling").map(control)}</Group>
            <Group title="Engine">{idsOf("engine").map(control)}</Group>
          </div>
        </details>
        <RunButtons {...props} />
      </div>
    </section>
  );
}

function idsOf(group: "cache" | "score" | "sampling" | "engine"): readonly SettingId[] {
  return settingIds.filter((id) => settingRow(id).group === group && settingRow(id).isMain !== true);
}

/** A seed draws only for random eviction and when sampling is on; what the full cache never reads is unused as well. */
function isUnused(id: SettingId, settings: Settings): boolean {
  const isUnusedHere = isUnusedByPolicy(id, settings.policyId);
  if (id === "seed") return isUnusedHere && settings.temperature === 0;
  if (id === "compressRatio") return isUnusedHere || settings.budgetMode === "budget";
  return isUnusedHere;
}

function budgetExtras(budgetSlots: number, expectedTokens: number | null) {
  if (expectedTokens === null) return { hasSlider: true, sliderMax: 512 };
  return {
    hasSlider: true,
    sliderMax: Math.max(expectedTokens, budgetSlots),
    note: `${writtenShare(budgetSlots / expectedTokens)} of ${expectedTokens} tokens`,
  };
}

interface GroupProps {
  readonly title: string;
  readonly children: React.ReactNode;
}

function Group({ title, children }: GroupProps) {
  return (
    <fieldset>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
