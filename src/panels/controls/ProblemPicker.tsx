// The problem of the next run: a ready one, any other by family, difficulty and number, or a text of one's own.
import { useId, useState } from "react";
import { curatedProblems, problemFamilies } from "../../problems/families";
import { maxDifficulty } from "../../problems/dial";
import type { Problem, ProblemFamily } from "../../problems/problem";
import { OWN_TEXT, settingTable } from "../../settings/settings";
import { LAST_PROBLEM_NUMBER, nextProblem, otherProblem, problemNumber } from "../../state/problem";
import { familyTexts, numberedLabel, problemLabel } from "./families";
import { NumberInput } from "./NumberInput";

interface ProblemPickerProps {
  /** Null for a text of the user's own. */
  readonly problem: Problem | null;
  /** The problem chosen last, which stays on offer next to a text of one's own. */
  readonly lastProblem: Problem;
  /** With a problem's id, or OWN_TEXT. */
  readonly onChoose: (id: string) => void;
}

const numberLimits = { default: 1, min: 0, max: LAST_PROBLEM_NUMBER, step: 1 };

export function ProblemPicker({ problem, lastProblem, onChoose }: ProblemPickerProps) {
  return (
    <>
      <ReadyList problem={problem} lastProblem={lastProblem} onChoose={onChoose} />
      {problem !== null && <DrawnBy problem={problem} onChoose={onChoose} />}
    </>
  );
}

function ReadyList({ problem, lastProblem, onChoose }: ProblemPickerProps) {
  const id = useId();
  const { label, help } = settingTable.problem;
  const isReady = curatedProblems.some((ready) => ready.id === lastProblem.id);
  return (
    <div className="setting setting-choice" title={help}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={problem?.id ?? OWN_TEXT} onChange={(event) => onChoose(event.target.value)}>
        <optgroup label="Ready">
          {curatedProblems.map((ready) => (
            <option key={ready.id} value={ready.id}>
              {problemLabel(ready)}
            </option>
          ))}
        </optgroup>
        <optgroup label="Any">
          {!isReady && <option value={lastProblem.id}>{numberedLabel(lastProblem)}</option>}
          <option value={OWN_TEXT}>Own text</option>
        </optgroup>
      </select>
    </div>
  );
}

interface DrawnByProps {
  readonly problem: Problem;
  readonly onChoose: (id: string) => void;
}

function DrawnBy({ problem, onChoose }: DrawnByProps) {
  const id = useId();
  return (
    <>
      <div className="setting setting-choice problem-family" title="What kind of problem it is.">
        <label htmlFor={`${id}family`}>Family</label>
        <select
          id={`${id}family`}
          value={problem.family}
          onChange={(event) => onChoose(otherProblem(problem, { family: event.target.value as ProblemFamily }))}
        >
          {problemFamilies.map((family) => (
            <option key={family} value={family}>
              {familyTexts[family].label}
            </option>
          ))}
        </select>
      </div>
      <div
        className="setting setting-number problem-dial"
        title="0 is short and easy to follow, 10 as hard as the models were trained for."
      >
        <label htmlFor={`${id}difficulty`}>
          Difficulty<span className="setting-note">{problem.difficulty}</span>
        </label>
        <input
          id={`${id}difficulty`}
          type="range"
          min={0}
          max={maxDifficulty}
          value={problem.difficulty}
          onChange={(event) => onChoose(otherProblem(problem, { difficulty: event.target.valueAsNumber }))}
        />
      </div>
      <div className="setting setting-number setting-problem-number" title="Same number, same puzzle.">
        <label htmlFor={`${id}number`}>Problem no.</label>
        <NumberInput
          id={`${id}number`}
          label="Problem no."
          limits={numberLimits}
          value={problemNumber(problem)}
          onChange={(number) => onChoose(otherProblem(problem, { number }))}
        />
      </div>
      <button
        type="button"
        title="The next puzzle of this family and difficulty"
        onClick={() => onChoose(nextProblem(problem))}
      >
        New problem
      </button>
    </>
  );
}

/** The problem chosen, or the one that was chosen before a text of the user's own. */
export function useLastProblem(problem: Problem | null): Problem {
  const [last, setLast] = useState(problem ?? curatedProblems[0]);
  if (problem === null || problem === last) return last;
  setLast(problem);
  return problem;
}
