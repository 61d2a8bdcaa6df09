// The stage of a lesson: the settings that a task may change, a line about the run, panels and timeline.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { SettingControl } from "../../panels/controls/SettingControl";
import { runParameters } from "../../panels/header/runSummary";
import { Panels } from "../../panels/stage/Panels";
import { isUnusedByPolicy } from "../../settings/inForce";
import { settingRow, type SettingId } from "../../settings/settings";
import type { SettingValue } from "../../settings/settingRow";
import type { PanelName } from "../../state/arrangement";
import type { PageStore } from "../../state/pageStore";
import { learnWords } from "../../words/en/learn";
import { LateNote, useLatePart } from "../../ui/latePart";
import { isStreamPanel, type StreamPanelName } from "../streams/streamPanels";
import { StreamStage } from "../streams/StreamStage";
import type { ShownRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { stageOfPart } from "./lessonFile";
import { plainProse } from "./prose";
import { LessonPanels } from "./LessonPanels";
import type { PartProps } from "./lessonProps";
import { isOpenAt, stageLesson } from "./stageLesson";

const noMarks: ShownRun["mistakes"] = [];

interface LessonStageProps extends PartProps {
  /** The end of the run is a question that is still open. */
  readonly isUntold: boolean;
  /** The text is out of sight, and the task with it. */
  readonly isNarrow: boolean;
}

export function LessonStage(props: LessonStageProps) {
  const { store, lesson, theme, nextRun, shown, partIndex, place, isUntold, isNarrow } = props;
  const { task } = lesson.parts[partIndex];
  const stage = stageOfPart(lesson, partIndex);
  const textPanels = useMemo(() => stage.panels.filter(isTextPanel), [stage]);
  // Answers would give away what the reader is to predict.
  const streamPanels = useMemo(
    () => stage.panels.filter(isStreamPanel).filter((name) => !isUntold || name !== "streamQuestions"),
    [stage, isUntold],
  );
  const { tell } = store.getState();
  const expectedTokens = nextRun.isChanged ? null : nextRun.expectedTokens;
  const reset = (): void => void stageLesson(store, stage, () => isOpenAt(store, place));
  return (
    <section className="lesson-stage" aria-label={learnWords.lesson.stage}>
      <div className="lesson-stage-head">
        {isNarrow && task !== undefined && <p className="lesson-ask">{plainProse(task.ask)}</p>}
        {task?.kind === "change" && <RunControls store={store} nextRun={nextRun} controls={task.controls} />}
        {stage.stream === undefined && <RunLine store={store} shown={shown} />}
        <button type="button" title={learnWords.lesson.resetTip} onClick={reset}>
          {learnWords.lesson.resetStage}
        </button>
      </div>
      {stage.stream !== undefined ? (
        <LessonStream store={store} theme={theme} panels={streamPanels} />
      ) : shown === null ? (
        <p className="page-waiting">{learnWords.run.waiting}</p>
      ) : (
        <Panels
          store={store}
          lane={shown.lane}
          theme={theme}
          expectedTokens={expectedTokens}
          marks={isUntold ? noMarks : shown.mistakes}
          stage={<LessonPanels shown={textPanels} light={stage.light} onTell={tell} />}
        />
      )}
    </section>
  );
}

/** A stream on the stage, from the store of the Streams view. */
function LessonStream({ store, theme, panels }: LessonStreamProps) {
  const { part: streams, failure } = useLatePart(true, store.getState().openStreams);
  return streams === null ? (
    <LateNote failure={failure} />
  ) : (
    <StreamStage streams={streams} theme={theme} panels={panels} />
  );
}

interface LessonStreamProps extends Pick<WayProps, "store" | "theme"> {
  readonly panels: readonly StreamPanelName[];
}

function isTextPanel(name: PanelName | StreamPanelName): name is PanelName {
  return !isStreamPanel(name);
}

/** The run on the stage in one line: what it is, how far it has come, what it answers. */
function RunLine({ store, shown }: { readonly store: PageStore; readonly shown: ShownRun | null }) {
  const runStatus = useStore(store, (state) => state.runStatus);
  const stepCount = useStore(store, (state) => state.stepCount);
  const { run: words } = learnWords;
  if (runStatus === "loading") return <p className="lesson-run">{words.loading}</p>;
  if (runStatus === "failed") return <p className="lesson-run">{words.failed}</p>;
  if (shown === null) return null;
  const { verdict, lane } = shown;
  return (
    <p className="lesson-run">
      <span>{runParameters(lane.trace.header)}</span>
      {runStatus === "running" && <span className="muted">{words.running(stepCount)}</span>}
      {(verdict.type === "right" || verdict.type === "wrong") && (
        <span className={`verdict-${verdict.type}`}>
          {words.verdict(verdict.type, verdict.given, verdict.expected)}
        </span>
      )}
    </p>
  );
}

/** A change runs at once, when the hand rests. */
const REST_MS = 350;

interface RunControlsProps extends Pick<WayProps, "store" | "nextRun"> {
  readonly controls: readonly SettingId[];
}

function RunControls({ store, nextRun, controls }: RunControlsProps) {
  const [settings] = nextRun.lanes;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const choose = useCallback(
    (id: SettingId, value: SettingValue) => {
      const { choose: set, run } = store.getState();
      set(id, value);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => run("atOnce"), REST_MS);
    },
    [store],
  );
  return (
    <div className="lesson-controls" role="group" aria-label={learnWords.run.controls}>
      {controls.map((id) => (
        <SettingControl
          key={id}
          row={settingRow(id)}
          value={settings[id]}
          isUnused={isUnusedByPolicy(id, settings.policyId, settings)}
          hasSlider={id !== "seed"}
          {...(id === "budgetSlots" && nextRun.expectedTokens !== null && { sliderMax: nextRun.expectedTokens })}
          {...(id === "windowSlots" && { sliderMax: 64 })}
          {...(id === "intervalSteps" && { sliderMax: 64 })}
          onChange={(value) => choose(id, value)}
        />
      ))}
    </div>
  );
}
