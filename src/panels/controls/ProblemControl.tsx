// The list of problems: a few ready ones, others of the same kind by number, and a text of one's own.
import { useId } from "react";
import { curatedProblems } from "../../problems/curatedProblems";
import type { WalkProblem } from "../../problems/problem";
import { settingTable, type SettingId, type Settings } from "../../settings/settings";
import type { SettingValue } from "../../settings/settingRow";
import { settingsOfProblem } from "../../state/problem";

interface ProblemControlProps {
  readonly settings: Settings;
  readonly choose: (id: SettingId, value: SettingValue) => void;
}

export function ProblemControl({ settings, choose }: ProblemControlProps) {
  const id = useId();
  const { label, help, choices } = settingTable.problem;
  const ready = curatedProblems.find((problem) => isChosen(problem, settings));
  const pick = (value: string): void => {
    const problem = curatedProblems.find((candidate) => candidate.id === value);
    const chosen: Partial<Record<SettingId, SettingValue>> =
      problem === undefined ? { problem: value } : settingsOfProblem(problem);
    for (const [setting, of] of Object.entries(chosen)) choose(setting as SettingId, of);
  };
  return (
    <div className="setting setting-choice" title={help}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={ready?.id ?? settings.problem} onChange={(event) => pick(event.target.value)}>
        <optgroup label="Ready">
          {curatedProblems.map((problem) => (
            <option key={problem.id} value={problem.id}>
              {problemLabel(problem)}
            </option>
          ))}
        </optgroup>
        <optgroup label="Any">
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
              {choice.value === "text"
                ? ""
                : `: ${settings.rooms} rooms, ${settings.walkSteps} steps, no. ${settings.problemSeed}`}
            </option>
          ))}
        </optgroup>
      </select>
    </div>
  );
}

function isChosen(problem: WalkProblem, settings: Settings): boolean {
  return Object.entries(settingsOfProblem(problem)).every(([id, value]) => settings[id as SettingId] === value);
}

function problemLabel({ knobs }: WalkProblem): string {
  return `Walk: ${knobs.rooms} rooms, ${knobs.steps} steps${knobs.tour === null ? "" : ", rooms seen early"}`;
}
