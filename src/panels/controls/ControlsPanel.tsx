// The controls: the recipe of the next run, and the buttons that start, pause and stop it. Rows come from the table.
import { useId } from "react";
import { isUnusedByPolicy, policyOf } from "../../settings/inForce";
import type { Problem } from "../../problems/problem";
import {
  AUTOMATIC_TOKENS,
  settingIds,
  settingRow,
  type SettingId,
  type Settings,
  settingTable,
} from "../../settings/settings";
import type { LaneComparison } from "../../settings/lanes";
import type { SettingValue } from "../../settings/settingRow";
import type { ModelWords } from "../../settings/shippedModels";
import type { RunStatus } from "../../state/shownRuns";
import { automaticTokens } from "../../state/problem";
import { writtenShare } from "../../ui/numbers";
import { familyTexts } from "./families";
import { LaneStrip } from "./LaneStrip";
import { OwnText } from "./OwnText";
import { ProblemPicker, useLastProblem } from "./ProblemPicker";
import { RunButtons, type RunActions } from "./RunButtons";
import { SettingControl } from "./SettingControl";

interface ControlsPanelProps extends RunActions {
  readonly settings: Settings;
  /** The lanes next to the run, and the settings in force of all of them. [lane] */
  readonly comparison: LaneComparison;
  readonly lanes: readonly Settings[];
  /** The problem that the settings name; null for a text of the user's own. */
  readonly problem: Problem | null;
  readonly models: readonly ModelWords[];
  /** What had to be changed about the choices, in plain words. */
  readonly complaints: readonly string[];
  readonly runStatus: RunStatus;
  /** Tokens of prompt and reasoning that the problem is expected to take; null for a free text. */
  readonly expectedTokens: number | null;
  /** The settings are not those of the run on screen. */
  readonly isChanged: boolean;
  readonly choose: (id: SettingId, value: SettingValue) => void;
  readonly onCompare: (comparison: LaneComparison) => void;
}

const mainIds = settingIds.filter((id) => settingRow(id).isMain === true && settingRow(id).group !== "problem");

export function ControlsPanel(props: ControlsPanelProps) {
  const { settings, problem, models, choose, expectedTokens } = props;
  const lastProblem = useLastProblem(problem);
  const control = (id: SettingId) => (
    <SettingControl
      key={id}
      row={settingRow(id)}
      value={settings[id]}
      isUnused={isUnused(id, settings)}
      onChange={(value) => choose(id, value)}
      {...(id === "budgetSlots" && budgetExtras(settings.budgetSlots, expectedTokens))}
      {...(id === "maxNewTokens" && tokenExtras(settings.maxNewTokens, problem))}
    />
  );
  return (
    <section className="controls" aria-label="Settings of the next run">
      <div className="controls-row">
        <ProblemPicker problem={problem} lastProblem={lastProblem} onChoose={(id) => choose("problem", id)} />
        <Notes notes={notes(settings, problem, models)} />
      </div>
      {problem === null && (
        <OwnText text={settings.promptText} problem={lastProblem} onText={(text) => choose("promptText", text)} />
      )}
      <div className="controls-row">
        {mainIds.map(control)}
        <ModelChoice models={models} modelId={settings.model} onChoose={(id) => choose("model", id)} />
        <details className="controls-more">
          <summary>More settings</summary>
          <div className="controls-groups">
            <Group title="Cache">{idsOf("cache").map(control)}</Group>
            <Group title="Score">{idsOf("score").map(control)}</Group>
            <Group title="Sampling">{idsOf("sampling").map(control)}</Group>
            <Group title="Engine">{idsOf("engine").map(control)}</Group>
          </div>
        </details>
        <RunButtons {...props} />
      </div>
      <LaneStrip comparison={props.comparison} lanes={props.lanes} onCompare={props.onCompare} />
      {props.complaints.map((complaint) => (
        <p key={complaint} className="settings-problem" role="status">
          {complaint}
        </p>
      ))}
    </section>
  );
}

function idsOf(group: "cache" | "score" | "sampling" | "engine"): readonly SettingId[] {
  return settingIds.filter((id) => settingRow(id).group === group && settingRow(id).isMain !== true);
}

/** Settings that change nothing: a seed draws only for random eviction and for sampling. */
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

function tokenExtras(maxNewTokens: number, problem: Problem | null) {
  return maxNewTokens === AUTOMATIC_TOKENS ? { note: `automatic: ${automaticTokens(problem)}` } : {};
}

/** What is chosen, in a sentence each: the problem, the policy, and the model if there is more than one. */
function notes(settings: Settings, problem: Problem | null, models: readonly ModelWords[]): readonly Note[] {
  const { label, summary } = policyOf(settings.policyId);
  const model = models.length > 1 ? models.find(({ id }) => id === settings.model) : undefined;
  return [
    ...(problem === null
      ? []
      : [{ name: familyTexts[problem.family].label, text: familyTexts[problem.family].summary }]),
    { name: label, text: `${summary}.` },
    ...(model === undefined ? [] : [{ name: model.label, text: model.description }]),
  ];
}

interface Note {
  readonly name: string;
  readonly text: string;
}

function Notes({ notes }: { readonly notes: readonly Note[] }) {
  return (
    <div className="controls-notes">
      {notes.map(({ name, text }) => (
        <p key={name}>
          <b>{name}:</b> {text}
        </p>
      ))}
    </div>
  );
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

interface ModelChoiceProps {
  readonly models: readonly ModelWords[];
  readonly modelId: string;
  readonly onChoose: (modelId: string) => void;
}

function ModelChoice({ models, modelId, onChoose }: ModelChoiceProps) {
  const id = useId();
  if (models.length < 2) return null;
  const { label, help } = settingTable.model;
  return (
    <div className="setting setting-choice" title={help}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={modelId} onChange={(event) => onChoose(event.target.value)}>
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {model.label}
          </option>
        ))}
      </select>
    </div>
  );
}
