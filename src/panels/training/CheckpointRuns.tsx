// What checkpoints make of the problem on the page: a row each, and the text of the one chosen around its first mistake. A
// checkpoint that is chosen decodes by itself; a button asks all of them.
import { useEffect } from "react";
import type { CheckpointQuestion, CheckpointTrial, CheckpointWork } from "../../state/checkpointTrials";
import type { Checkpoint } from "../../state/storedCheckpoints";
import { tokensOf } from "../../problems/problem";
import { policyOf } from "../../settings/inForce";
import { excerptOf, rightWords } from "./layout";
import type { PanelPage } from "../definePanel";

export type AskedOfCheckpoints = Pick<PanelPage, "trace" | "isEnded" | "checkpointTrials" | "onCheckpointTrials">;

interface CheckpointRunsProps extends AskedOfCheckpoints {
  readonly question: CheckpointQuestion;
  readonly checkpoints: readonly Checkpoint[];
  readonly trials: readonly CheckpointTrial[];
  readonly chosen: number;
  readonly onChoose: (checkpoint: number) => void;
  /** The reader chose the checkpoint: it may decode. */
  readonly isAsked: boolean;
}

/** A checkpoint that is looked at for less is one of many that a hand passes. */
const SETTLED_MS = 300;

export function CheckpointRuns(props: CheckpointRunsProps) {
  const { trace, isEnded, question, checkpoints, trials, chosen, onChoose, isAsked } = props;
  const { checkpointWork, checkpointFailure } = props.checkpointTrials;
  const { decodeCheckpoints, stopCheckpoints } = props.onCheckpointTrials;
  const work = checkpointWork?.key === question.key ? checkpointWork : null;
  const failure = checkpointFailure?.key === question.key ? checkpointFailure.message : null;
  const folders = checkpoints.flatMap(({ folder }) => (folder === null ? [] : [folder]));
  const chosenFolder = checkpoints[chosen].folder;
  const trialOf = (folder: string | null) => trials.find((trial) => trial.folder === folder) ?? null;
  const isOpen = trialOf(chosenFolder) === null;
  const mayDecode = isAsked && isEnded && isOpen && work === null && failure === null;
  useEffect(() => {
    if (!mayDecode || chosenFolder === null) return;
    const timer = setTimeout(() => decodeCheckpoints(question, [chosenFolder]), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [mayDecode, question, chosenFolder, decodeCheckpoints]);
  const openCount = folders.filter((folder) => trialOf(folder) === null).length;
  const { problem, recipe } = question;
  return (
    <section className="training-runs" aria-label="This problem, checkpoint by checkpoint">
      <h3>{problem === null ? "This text" : `This problem, ${problem.id}`}, checkpoint by checkpoint</h3>
      <p className="training-note">
        As the run on the stage: {runWords(trace.header.policyId, recipe.parameters)}
        {recipe.expectedAnswer === null ? "" : `; the right answer is ${recipe.expectedAnswer}`}.
      </p>
      <div className="training-tools">
        {work === null ? (
          <button
            type="button"
            disabled={!isEnded || openCount === 0}
            onClick={() => decodeCheckpoints(question, folders)}
          >
            {openCount === 0
              ? "All have decoded"
              : `Decode with ${openCount === folders.length ? "all" : "the other"} ${openCount === 1 ? "one" : openCount}`}
          </button>
        ) : (
          <button type="button" onClick={stopCheckpoints}>
            Stop
          </button>
        )}
        {work !== null && <Progress work={work} checkpoints={checkpoints} />}
        {!isEnded && <span className="training-note">The run on the stage has to end first.</span>}
      </div>
      {failure !== null && (
        <p className="training-note" role="alert">
          The checkpoint could not decode: {failure}
        </p>
      )}
      <div className="training-scroll" role="region" aria-label="What the checkpoints answered" tabIndex={0}>
        <table className="training-table">
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">answer</th>
              <th scope="col">words right before the first mistake</th>
            </tr>
          </thead>
          <tbody>
            {checkpoints.map(({ step, folder }, at) => (
              <tr key={step} data-chosen={at === chosen}>
                <th scope="row">
                  <button
                    type="button"
                    className="link-button"
                    aria-pressed={at === chosen}
                    onClick={() => onChoose(at)}
                  >
                    {step}
                  </button>
                </th>
                <TrialCells
                  trial={trialOf(folder)}
                  isBusy={work?.folder === folder}
                  wordCount={problem === null ? null : tokensOf(problem.trace).length}
                />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ChosenText trial={trialOf(chosenFolder)} step={checkpoints[chosen].step} />
    </section>
  );
}

function runWords(
  policyId: string,
  { budgetSlots, windowSlots, intervalSteps }: CheckpointQuestion["recipe"]["parameters"],
) {
  return policyId === "fullCache"
    ? "full cache"
    : `${policyOf(policyId).label}, budget ${budgetSlots} slots, window ${windowSlots}, an event every ${intervalSteps} steps`;
}

function Progress({
  work,
  checkpoints,
}: {
  readonly work: CheckpointWork;
  readonly checkpoints: readonly Checkpoint[];
}) {
  const { folder, doneCount, totalCount } = work;
  const step = checkpoints.find((each) => each.folder === folder)?.step ?? 0;
  return (
    <span className="training-progress">
      <progress value={doneCount} max={totalCount} aria-label="Checkpoints decoded" />
      <span role="status">
        step {step} decodes, {doneCount + 1} of {totalCount}
      </span>
    </span>
  );
}

interface TrialCellsProps {
  readonly trial: CheckpointTrial | null;
  readonly isBusy: boolean;
  /** Of the problem's solution; null where there is none. */
  readonly wordCount: number | null;
}

function TrialCells({ trial, isBusy, wordCount }: TrialCellsProps) {
  if (trial === null) {
    return (
      <td colSpan={2} className="training-none">
        {isBusy ? "decodes…" : "not asked yet"}
      </td>
    );
  }
  const { verdict, answer } = trial;
  const right = rightWords(trial);
  return (
    <>
      <td className={verdict === null ? undefined : `training-answer-${verdict}`}>
        {answer ?? (verdict === "unfinished" ? "" : "–")}
        {verdict === "right" && " ✓ right"}
        {verdict === "wrong" && " ✗ wrong"}
        {verdict === "unfinished" && " ✗ no answer"}
      </td>
      <td>
        {wordCount === null ? (
          `${right} words written`
        ) : (
          <span className="training-words">
            <meter min={0} max={wordCount} value={Math.min(right, wordCount)} aria-hidden="true" />
            {trial.mistake === null ? `all ${wordCount}` : `${right} of ${wordCount}`}
          </span>
        )}
      </td>
    </>
  );
}

function ChosenText({ trial, step }: { readonly trial: CheckpointTrial | null; readonly step: number }) {
  if (trial === null) return null;
  const { before, wrong, expected, after } = excerptOf(trial);
  return (
    <p className="training-text">
      <span className="training-note">step {step} wrote </span>
      {before}
      {trial.mistake !== null && (
        <>
          {" "}
          <del>{wrong}</del>
          {expected !== "" && (
            <>
              {" "}
              <ins title="what belongs there">{expected}</ins>
            </>
          )}{" "}
          {after}
        </>
      )}
    </p>
  );
}
