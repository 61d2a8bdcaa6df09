// A task: predict before you reveal, find a token, head or step, change the run until a condition holds. The page checks it
// from its own state, hints when asked or after a while, and never stands in the way.
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { PageState, PageStore } from "../../state/pageStore";
import { areAskedFor } from "../../state/recipe";
import { learnWords } from "../../words/en/learn";
import { allHold, type Check } from "./figures";
import type { LessonTask, TaskOf } from "./lessonFile";
import { isStreamFigure } from "./streamFigures";
import { Prose } from "./Prose";

interface TaskCardProps<Kind extends LessonTask["kind"] = LessonTask["kind"]> {
  readonly store: PageStore;
  readonly task: TaskOf<Kind>;
  readonly isDone: boolean;
  /** The option chosen in a prediction; null for none yet. */
  readonly pick: number | null;
  readonly onPick: (option: number) => void;
  readonly onDone: () => void;
  readonly onGo: (at: string) => void;
  /** Puts a solution on the stage. */
  readonly onSolve: () => void;
}

const words = learnWords.task;

export function TaskCard(props: TaskCardProps) {
  const { task, isDone, onGo } = props;
  const card = useRef<HTMLElement>(null);
  const wasDone = useRef(isDone);
  useEffect(() => {
    // What is said at the end stands below the question, and may be out of sight.
    if (isDone && !wasDone.current) card.current?.scrollIntoView({ block: "nearest" });
    wasDone.current = isDone;
  }, [isDone]);
  return (
    <section
      ref={card}
      className={`lesson-task${isDone ? " lesson-task-done" : ""}`}
      aria-label={words.kinds[task.kind]}
    >
      <p className="lesson-task-kind">
        {words.kinds[task.kind]}
        {isDone && <span className="lesson-task-mark"> ✓ {words.done}</span>}
      </p>
      <p>
        <Prose text={task.ask} onGo={onGo} />
      </p>
      {task.kind === "predict" ? <Prediction {...props} task={task} /> : <Search {...props} task={task} />}
    </section>
  );
}

function Prediction({ store, task, pick, onPick, onGo }: TaskCardProps<"predict">) {
  const borneOut = useStore(store, (state) => (pick === null ? -1 : rightOption(task, state)));
  return (
    <>
      <div className="lesson-options" role="group" aria-label={words.options}>
        {task.options.map(({ text }, place) => (
          <button
            key={text}
            type="button"
            aria-pressed={pick === place}
            className={place === borneOut ? "lesson-option lesson-option-true" : "lesson-option"}
            disabled={pick !== null}
            onClick={() => onPick(place)}
          >
            <span>
              <Prose text={text} onGo={onGo} />
            </span>
            {place === borneOut && <span className="lesson-option-mark">✓</span>}
          </button>
        ))}
      </div>
      <div className="lesson-reply" role="status">
        {pick !== null && (
          <>
            {borneOut >= 0 && (
              <p className={borneOut === pick ? "lesson-right" : "lesson-wrong"}>
                {borneOut === pick ? words.right : words.wrong}
              </p>
            )}
            <p>
              <Prose text={task.options[pick].reply} onGo={onGo} />
            </p>
            <p>
              <Prose text={task.done} onGo={onGo} />
            </p>
          </>
        )}
      </div>
    </>
  );
}

function Search({ store, task, isDone, onDone, onGo, onSolve }: TaskCardProps<"find" | "change">) {
  const isFound = useStore(store, (state) => fulfils(task.until, state));
  const hasTried = useHasTried(store);
  const reply = useStore(store, (state) =>
    hasTried ? (task.replies.find(({ when }) => fulfils(when, state))?.say ?? null) : null,
  );
  useEffect(() => {
    if (isFound && !isDone) onDone();
  }, [isFound, isDone, onDone]);
  return (
    <>
      <div className="lesson-reply" role="status">
        {isDone ? (
          <p>
            <Prose text={task.done} onGo={onGo} />
          </p>
        ) : (
          reply !== null && (
            <p>
              <Prose text={reply} onGo={onGo} />
            </p>
          )
        )}
      </div>
      {!isDone && <Hints hints={task.hints} onGo={onGo} onSolve={onSolve} />}
    </>
  );
}

/** A reader who has not found it by then is offered the first hint. */
const HINT_AFTER_MS = 45_000;

function Hints({ hints, onGo, onSolve }: Pick<LessonTask, "hints"> & Pick<TaskCardProps, "onGo" | "onSolve">) {
  const [shownCount, setShownCount] = useState(0);
  useEffect(() => {
    if (hints.length === 0) return;
    const timer = setTimeout(() => setShownCount((count) => Math.max(1, count)), HINT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [hints]);
  const isMore = shownCount < hints.length;
  return (
    <div className="lesson-hints">
      <div role="status">
        {hints.slice(0, shownCount).map((hint) => (
          <p key={hint}>
            <Prose text={hint} onGo={onGo} />
          </p>
        ))}
      </div>
      <button
        type="button"
        className="link-button"
        onClick={() => (isMore ? setShownCount(shownCount + 1) : onSolve())}
      >
        {!isMore ? words.solution : shownCount === 0 ? words.hint : words.nextHint}
      </button>
    </div>
  );
}

/** The option that the run on screen bears out; −1 while it does not say. */
function rightOption({ options }: TaskOf<"predict">, state: PageState): number {
  return options.findIndex(({ when, isRight }) => isRight === true || (when !== undefined && fulfils(when, state)));
}

/** The conditions hold in the run that the page asks for, not in one that is about to be replaced. */
function fulfils(checks: readonly Check[], state: PageState): boolean {
  const isThere = checks.every(({ figure }) => isStreamFigure(figure)) || isAskedRun(state);
  return state.stagedLesson === state.lesson && allHold(checks, state) && isThere;
}

function isAskedRun({ lanes, problem, choices, comparison, runStatus }: PageState): boolean {
  if (lanes.length === 0 || runStatus === "loading") return false;
  const headers = lanes.map(({ trace }) => trace.header);
  return areAskedFor(headers, problem?.id ?? null, { choices, comparison });
}

/** Whether the reader has done something since the part was put on the stage: nothing is said to what it begins with. */
function useHasTried(store: PageStore): boolean {
  const now = useStore(store, tryKey);
  const [first, setFirst] = useState<string | null>(null);
  if (first === null && now !== null) setFirst(now);
  return first !== null && now !== null && now !== first;
}

/** What a reader can change; null until the part's run and moment are there. */
function tryKey(state: PageState): string | null {
  const { stagedLesson, lesson, wantedMoment, isPlaying, lanes, pinnedPosition } = state;
  const isGrowing = lanes.some(({ end }) => end === null);
  if (stagedLesson !== lesson || wantedMoment !== null || isPlaying || isGrowing || !isAskedRun(state)) return null;
  const settings = JSON.stringify([state.choices, state.comparison]);
  return [state.shownStep, state.focusLayer, state.focusKvHead, pinnedPosition, settings].join();
}
