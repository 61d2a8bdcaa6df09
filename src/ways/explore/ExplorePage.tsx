// Explore: every panel, every number. The set-up of the next run beside the panels, a line about the run on screen, and the
// table of results.
import { memo, useCallback, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { ChangesChip } from "../../panels/controls/ChangesChip";
import { RunButtons } from "../../panels/controls/RunButtons";
import { SetupPanel } from "../../panels/controls/SetupPanel";
import { SetupRail, SetupSheet } from "../../panels/controls/SetupRail";
import { differences } from "../../panels/controls/valueMarks";
import { RunLine } from "../../panels/header/RunLine";
import type { MistakeNote } from "../../panels/definePanel";
import { LaneChips } from "../../panels/lanes/LaneChips";
import { divergenceMarks } from "../../panels/lanes/partings";
import { ExampleMark } from "../../panels/presets/ExampleMark";
import { RESULTS_ID } from "../../panels/results/goToResults";
import { ResultsPanel } from "../../panels/results/ResultsPanel";
import { ReplayVerdict } from "../../panels/share/ReplayVerdict";
import { Panels } from "../../panels/stage/Panels";
import { showPanel } from "../../panels/stage/showPanel";
import { encodeLink } from "../../settings/link";
import { hasFixedBudget, noLaneComparison } from "../../settings/lanes";
import { settingTable } from "../../settings/settings";
import { modelOf, shippedModels, type ModelWords } from "../../settings/shippedModels";
import type { Brought } from "../../state/brought";
import { isUnderWay, type LaneRun } from "../../state/shownRuns";
import { namedArrangement } from "../../state/arrangement";
import type { PageStore } from "../../state/pageStore";
import { onMachineOf } from "../../state/recipe";
import type { BudgetUnit, ResultTable, TableCell } from "../../state/storedResults";
import { LateNote, useLatePart } from "../../ui/latePart";
import { PHONE, useMedia } from "../../ui/useMedia";
import type { NextRun } from "../usePage";
import { causeOf } from "../watch/cause";
import { causeSentences } from "../watch/causeText";
import { goToCause, goToMistake } from "../watch/goToCause";
import type { WayProps } from "../wayProps";
import { runActions } from "../runActions";

export function ExplorePage({ store, acts, theme, nextRun, shown }: WayProps) {
  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const loadingLane = useStore(store, (state) => state.loadingLane);
  const isChecking = useStore(store, (state) => state.isChecking);
  const engine = useStore(store, (state) => state.engine);
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);
  const isPhone = useMedia(PHONE);
  const { isChanged } = nextRun;
  const mistakes = shown?.mistakes;
  const marks = useMemo(
    () => [...(mistakes ?? []), ...divergenceMarks(lanes, stageLane)],
    [mistakes, lanes, stageLane],
  );
  const mistake = useMistake(store, shown?.lane ?? null);
  useRunInSight(runStatus === "loading" || isUnderWay(runStatus));
  return (
    <div className="explore">
      {!isPhone && (
        <SetupRail>
          <SetUp store={store} nextRun={nextRun} onPapers={acts.papers} onModels={acts.models} />
        </SetupRail>
      )}
      <div className="explore-main">
        {isPhone && (
          <div className="explore-bar">
            <RunButtons
              runStatus={runStatus}
              isChanged={isChanged}
              loadingLane={loadingLane}
              isChecking={isChecking}
              {...runActions(store)}
            />
            <SetupSheet>
              <SetUp store={store} nextRun={nextRun} onPapers={acts.papers} onModels={acts.models} />
            </SetupSheet>
          </div>
        )}
        <Replayed store={store} />
        {shown === null ? (
          <p className={`page-waiting${isRecordedRunLoading ? " page-loading" : ""}`}>
            {isRecordedRunLoading
              ? "Loading the recorded run…"
              : "There is no recorded run here. Press Run for a live one."}
          </p>
        ) : (
          <>
            <RunLine
              trace={shown.lane.trace}
              origin={origin}
              runStatus={runStatus}
              isChanged={isChanged}
              verdict={shown.verdict}
              check={origin === "live" && engine?.model.id === shown.lane.trace.header.model.id ? engine.check : null}
              onPin={(position) => goToMistake(store, shown.lane, position)}
            >
              <ExampleMark store={store} onExamples={acts.examples} />
              <Changes store={store} nextRun={nextRun} />
              <LanesInLine store={store} />
            </RunLine>
            <Panels
              store={store}
              lane={shown.lane}
              theme={theme}
              expectedTokens={isChanged ? null : nextRun.expectedTokens}
              marks={marks}
              mistake={mistake}
            />
          </>
        )}
        <Results store={store} />
      </div>
    </div>
  );
}

/** Why the run on screen went wrong, once it has ended. */
function useMistake(store: PageStore, lane: LaneRun | null): MistakeNote | null {
  const problem = useStore(store, (state) => state.problem);
  return useMemo(() => {
    if (lane === null || lane.end === null) return null;
    const { trace, stepCount } = lane;
    const cause = causeOf(trace, stepCount - 1, problem);
    if (cause === null) return null;
    return {
      position: trace.header.promptTokens.length + cause.mistake.atStep,
      sentences: causeSentences(trace, cause),
      onGo: () => goToCause(store, trace, cause),
    };
  }, [store, lane, problem]);
}

/** Down at the results nothing shows that a run has begun: the page goes up to it. */
function useRunInSight(isRunning: boolean): void {
  useEffect(() => {
    const results = document.getElementById(RESULTS_ID);
    if (!isRunning || results === null) return;
    if (results.getBoundingClientRect().top < 0.8 * window.innerHeight) window.scrollTo({ top: 0 });
  }, [isRunning]);
}

interface NextRunProps {
  readonly store: PageStore;
  readonly nextRun: NextRun;
}

interface SetUpProps extends NextRunProps {
  readonly onPapers: () => void;
  readonly onModels: () => void;
}

/** The controls of the next run. The clock does not re-render them. */
const SetUp = memo(function SetUp({ store, nextRun, onPapers, onModels }: SetUpProps) {
  const comparison = useStore(store, (state) => state.comparison);
  const origin = useStore(store, (state) => state.origin);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const stageLane = useStore(store, (state) => state.stageLane);
  const brought = useStore(store, (state) => state.brought);
  const own = brought.find(({ id }) => id === nextRun.lanes[0].model);
  const models = useMemo(() => modelsToChoose(nextRun.lanes, brought), [nextRun.lanes, brought]);
  const { choose, compare, equaliseBytes, showRecordedRun } = store.getState();
  const staged = stageLane < nextRun.lanes.length ? stageLane : 0;
  return (
    <SetupPanel
      {...nextRun}
      settings={nextRun.lanes[0]}
      comparison={comparison}
      models={models}
      origin={origin}
      recordedRuns={recordedRuns}
      recordedId={recordedId}
      choose={choose}
      onCompare={compare}
      onEqualBytes={hasFixedBudget(nextRun.lanes[staged]) ? () => equaliseBytes(staged) : null}
      onRecordedRun={(id) => void showRecordedRun(id)}
      onPapers={onPapers}
      onModels={onModels}
      ownPrompt={
        own === undefined ? null : <LateChatPrompt settings={nextRun.lanes[0]} brought={own} choose={choose} />
      }
    />
  );
});

/** Its code comes with the first model that was brought. */
function LateChatPrompt(props: Parameters<Awaited<ReturnType<typeof loadChatPrompt>>>[0]) {
  const { part: ChatPrompt, failure } = useLatePart(true, loadChatPrompt);
  return ChatPrompt === null ? <LateNote failure={failure} /> : <ChatPrompt {...props} />;
}

const loadChatPrompt = async () => (await import("../../panels/models/ChatPrompt")).ChatPrompt;

/** Those that ship, those that were brought, and those that the settings name though they are not here. */
function modelsToChoose(lanes: NextRun["lanes"], brought: readonly Brought[]): readonly ModelWords[] {
  const named = lanes.map(({ model }) => model).filter((id) => !isThere(id, brought));
  const words = ({ id, label }: Pick<Brought, "id" | "label">): ModelWords => ({ ...modelOf(id), label });
  return [
    ...shippedModels,
    ...brought.map(words),
    ...named.map((id) => words({ id, label: `${modelOf(id).label} (not here)` })),
  ];
}

function isThere(id: string, brought: readonly Brought[]): boolean {
  return [...shippedModels, ...brought].some((model) => model.id === id);
}

const Changes = memo(function Changes({ store, nextRun }: NextRunProps) {
  const choices = useStore(store, (state) => state.choices);
  const { choose, chooseState } = store.getState();
  const changes = useMemo(() => differences(choices, nextRun.lanes[0]), [choices, nextRun.lanes]);
  return (
    <ChangesChip
      changes={changes}
      laneCount={nextRun.lanes.length}
      choose={choose}
      onOneLane={() => chooseState({ choices, comparison: noLaneComparison })}
      onReset={() => chooseState({ choices: {}, comparison: noLaneComparison })}
    />
  );
});

function LanesInLine({ store }: { readonly store: PageStore }) {
  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const shownStep = useStore(store, (state) => state.shownStep);
  const problem = useStore(store, (state) => state.problem);
  const { showLane, arrange } = store.getState();
  return (
    <LaneChips
      lanes={lanes}
      stageLane={stageLane}
      shownStep={shownStep}
      problem={problem}
      onLane={showLane}
      onCompare={() => arrange(namedArrangement("compare"))}
    />
  );
}

/** How the replay of a link came out, until it was read. */
function Replayed({ store }: { readonly store: PageStore }) {
  const verdicts = useStore(store, (state) => state.verdicts);
  const [readVerdicts, setReadVerdicts] = useState<typeof verdicts>([]);
  const dismissReplay = useCallback(() => setReadVerdicts(verdicts), [verdicts]);
  if (verdicts === readVerdicts) return null;
  return (
    <div className="explore-replay">
      <ReplayVerdict store={store} verdicts={verdicts} onDismiss={dismissReplay} />
    </div>
  );
}

/** The table of the chosen model, with its cells as settings to try. A live run does not re-render it. */
const Results = memo(function Results({ store }: { readonly store: PageStore }) {
  const modelId = useStore(store, (state) => state.choices.model ?? settingTable.model.default);
  return (
    <ResultsPanel
      modelId={modelId}
      load={loadTable}
      onTry={(table, cell) => void tryCell(store, table, cell)}
      onCard={() => showCard(store)}
    />
  );
});

/** On the stage, and in sight. */
function showCard(store: PageStore): void {
  const { arrangement, arrange } = store.getState();
  showPanel("scoreCard", { arrangement, away: ["scoreCard"], onArrange: arrange });
}

/** The code that reads a table loads with the first table. */
async function loadTable(modelId: string, unit: BudgetUnit): Promise<ResultTable> {
  const { loadResultTable } = await import("../../state/storedResults");
  return loadResultTable(modelId, unit);
}

/** Takes over the cell's choices, except those about the machine. */
async function tryCell(store: PageStore, table: ResultTable, cell: TableCell): Promise<void> {
  const { cellTrial, TRIAL_LEAD } = await import("../../state/storedResults");
  const { choices, comparison, notices, openLink, dismiss, tell } = store.getState();
  const trial = cellTrial(table, cell);
  if (trial === null) {
    tell("warning", `This page knows no problems of the family “${cell.family}”.`);
    return;
  }
  void openLink(`#${encodeLink({ choices: onMachineOf(choices, trial.choices), comparison })}`);
  // Of several trials only the last one is in force, so only its notice stays.
  for (const { id, text } of notices) if (text.startsWith(TRIAL_LEAD)) dismiss(id);
  tell("info", trial.text);
  window.scrollTo({ top: 0 });
}
