// Everything that decides the next run, in four groups: what runs, what is remembered, how it is decoded, and what it is
// compared with. Rows come from the table of settings; what the policy does not use is not there.
import type { ReactNode } from "react";
import { capital } from "../../lib/capital";
import { bytesOfSlots, policyOf } from "../../settings/inForce";
import { hasEnoughBytes, objectionOf } from "../../settings/objections";
import { tokensOf, type Problem } from "../../problems/problem";
import { AUTOMATIC_TOKENS, settingIds, settingRow, type SettingId, type Settings } from "../../settings/settings";
import type { LaneComparison } from "../../settings/lanes";
import type { SettingValue } from "../../settings/settingRow";
import type { ModelWords } from "../../settings/shippedModels";
import type { RecordedRun } from "../../state/recordings";
import type { TraceOrigin } from "../../state/shownRuns";
import { automaticTokens } from "../../state/problem";
import { writtenShare } from "../../ui/numbers";
import { familyTexts } from "./families";
import { LaneStrip } from "./LaneStrip";
import { methodParts } from "./methodParts";
import { methodLine } from "./methodWords";
import { ModelChoice } from "./ModelChoice";
import { OwnText } from "./OwnText";
import { promptNote } from "./promptNote";
import { ProblemPicker, useLastProblem } from "./ProblemPicker";
import { RecordedRunChoice } from "./RecordedRunChoice";
import { SettingControl } from "./SettingControl";
import { hasPaper, isUsed, valueMarks } from "./valueMarks";

interface SetupPanelProps {
  readonly settings: Settings;
  /** The lanes next to the run, and the settings in force of all of them. [lane] */
  readonly comparison: LaneComparison;
  readonly lanes: readonly Settings[];
  /** The problem that the settings name; null for a text of the user's own. */
  readonly problem: Problem | null;
  readonly models: readonly ModelWords[];
  /** What had to be changed about the choices, in plain words. */
  readonly complaints: readonly string[];
  /** Tokens of prompt and reasoning that the problem is expected to take; null for a free text. */
  readonly expectedTokens: number | null;
  readonly origin: TraceOrigin;
  readonly recordedRuns: readonly RecordedRun[];
  readonly recordedId: string | null;
  readonly choose: (id: SettingId, value: SettingValue) => void;
  readonly onCompare: (comparison: LaneComparison) => void;
  /** Gives every lane the bytes of the one on the stage; null where that has no fixed budget. */
  readonly onEqualBytes: (() => void) | null;
  readonly onRecordedRun: (id: string) => void;
  /** Shows what differs from the papers. */
  readonly onPapers: () => void;
  /** Opens the sheet Models. */
  readonly onModels: () => void;
  /** In the place of a text for the embedded models, the prompt of a model that was brought; null where none runs. */
  readonly ownPrompt: ReactNode;
}

const remembered = settingIds.filter((id) => ["cache", "score"].includes(settingRow(id).group));

export function SetupPanel(props: SetupPanelProps) {
  const { settings, problem, models, choose, expectedTokens } = props;
  const lastProblem = useLastProblem(problem);
  const controls = (ids: readonly SettingId[]) =>
    ids
      .filter((id) => isUsed(id, settings))
      .map((id) => (
        <SettingControl
          key={id}
          row={settingRow(id)}
          value={settings[id]}
          marks={valueMarks(id, settings)}
          onChange={(value) => choose(id, value)}
          {...(id === "budgetSlots" && budgetExtras(settings.budgetSlots, expectedTokens))}
          {...(id === "budgetBytes" && bytesExtras(settings, expectedTokens))}
          {...(id === "maxNewTokens" && tokenExtras(settings.maxNewTokens, problem))}
        />
      ));
  const further = methodParts(remembered.filter((id) => settingRow(id).isMain !== true && isUsed(id, settings)));
  const policy = policyOf(settings.policyId);
  const isDrawing = policy.uses.includes("seed");
  return (
    <section className="setup" aria-label="Settings of the next run">
      <Group title="What runs">
        <ProblemPicker problem={problem} lastProblem={lastProblem} onChoose={(id) => choose("problem", id)} />
        {problem === null && props.ownPrompt !== null ? (
          props.ownPrompt
        ) : problem === null ? (
          <OwnText text={settings.promptText} problem={lastProblem} onText={(text) => choose("promptText", text)} />
        ) : (
          <p className="setup-note">
            {familyTexts[problem.family].label}: {familyTexts[problem.family].summary}
          </p>
        )}
        <ModelChoice
          models={models}
          modelId={settings.model}
          onChoose={(id) => choose("model", id)}
          onMore={props.onModels}
        />
        {controls(["backend"])}
        <RecordedRunChoice {...props} />
      </Group>
      <Group title="What is remembered">
        {controls(["policyId"])}
        <p className="setup-note">
          {sentence(policy.summary)}{" "}
          <button type="button" className="link-button" onClick={props.onPapers}>
            {hasPaper(settings.policyId) ? "What differs from the paper" : "More about this policy"}
          </button>
        </p>
        <p className="setup-method">{methodLine(settings)}</p>
        {controls(remembered.filter((id) => settingRow(id).isMain === true))}
        {objections(props.lanes).map((note) => (
          <p key={note} className="settings-problem" role="status">
            {note}
          </p>
        ))}
        {promptNotes(props).map((note) => (
          <p key={note} className="settings-problem" role="status">
            {note}
          </p>
        ))}
        {isDrawing && controls(["seed"])}
        {further.length > 0 && (
          <details className="setup-more">
            <summary>More of this policy</summary>
            {further.map(({ title, ids }) => (
              <div key={title} className="setup-part" role="group" aria-label={title}>
                <h4 aria-hidden="true">{title}</h4>
                {controls(ids)}
              </div>
            ))}
          </details>
        )}
      </Group>
      <Group title="How it is decoded">
        {controls(["temperature", "topP", "topK"])}
        {!isDrawing && controls(["seed"])}
        {controls(["maxNewTokens", "hasTaps", "attentionHeads", "hasHeadTaps"])}
      </Group>
      <Group title="Compare">
        <LaneStrip
          comparison={props.comparison}
          lanes={props.lanes}
          models={models}
          onCompare={props.onCompare}
          onEqualBytes={props.onEqualBytes}
        />
        {controls(["isCompared"])}
      </Group>
      {props.complaints.map((complaint) => (
        <p key={complaint} className="settings-problem" role="status">
          {complaint}
        </p>
      ))}
    </section>
  );
}

/** For each lane whose parts make no sense together. */
function objections(lanes: readonly Settings[]): readonly string[] {
  return lanes.flatMap((settings, lane) => {
    const objection = objectionOf(settings);
    if (objection === null) return [];
    return [
      sentence(lanes.length === 1 ? objection : `lane ${lane + 1}, ${policyOf(settings.policyId).label}: ${objection}`),
    ];
  });
}

/** For each lane that should keep a prompt too long for its budget. */
function promptNotes({ lanes, problem }: Pick<SetupPanelProps, "lanes" | "problem">): readonly string[] {
  return lanes.flatMap((settings, lane) => {
    const promptCount = tokensOf(problem?.prompt ?? settings.promptText).length;
    const note = promptNote(settings, promptCount);
    if (note === null) return [];
    return [lanes.length === 1 ? note : `Lane ${lane + 1}, ${policyOf(settings.policyId).label}: ${note}`];
  });
}

function budgetExtras(budgetSlots: number, expectedTokens: number | null) {
  if (expectedTokens === null) return { hasSlider: true, sliderMax: 512 };
  return {
    hasSlider: true,
    sliderMax: Math.max(expectedTokens, budgetSlots),
    note: `${writtenShare(budgetSlots / expectedTokens)} of ${expectedTokens} tokens`,
  };
}

function bytesExtras(settings: Settings, expectedTokens: number | null) {
  const { budgetBytes, budgetSlots } = settings;
  const wholeText = bytesOfSlots(settings, expectedTokens ?? 512);
  return {
    hasSlider: true,
    sliderMax: Math.max(wholeText, budgetBytes),
    ...(hasEnoughBytes(settings) && { note: `= ${budgetSlots} slots per KV head` }),
  };
}

function tokenExtras(maxNewTokens: number, problem: Problem | null) {
  return maxNewTokens === AUTOMATIC_TOKENS ? { note: `automatic: ${automaticTokens(problem)}` } : {};
}

/** "rules … have to stay." → "Rules … have to stay." */
function sentence(text: string): string {
  return `${capital(text)}${text.endsWith(".") ? "" : "."}`;
}

interface GroupProps {
  readonly title: string;
  readonly children: React.ReactNode;
}

function Group({ title, children }: GroupProps) {
  return (
    <fieldset className="setup-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
