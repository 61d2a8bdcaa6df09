// The page inside a frame: a bar, the panels that were asked for, the timeline. It uses the page's store but none of
// its surroundings: no address, no results, no menus but those of the panels.
import { useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import type { StoreApi } from "zustand/vanilla";
import { EmbedBar } from "./embed/EmbedBar";
import type { EmbedOptions } from "./state/embedQuery";
import { embedColumns } from "./embed/embedColumns";
import { useContentHeight } from "./embed/useContentHeight";
import { runParameters } from "./panels/header/runSummary";
import { commandEntry, commandIds } from "./panels/palette/commandTable";
import { keyBindings, pageActs } from "./panels/palette/pageActs";
import { Panels } from "./panels/stage/Panels";
import { PanelColumns } from "./panels/stage/PanelColumns";
import { encodeLink } from "./settings/link";
import type { PageStore } from "./state/pageStore";
import type { RunStatus } from "./state/shownRuns";
import { axisStepCount } from "./state/timeAxis";
import { usePageKeys, usePlayClock, useNextRun, usePageMarks, useShownRun } from "./ways/usePage";
import { runActions } from "./ways/runActions";
import { Notices } from "./ui/Notices";
import { useTheme } from "./ui/useTheme";

/** The colours in force: at first the query's, then whatever the host page chooses. */
export type EmbedTheme = StoreApi<{ readonly choice: EmbedOptions["theme"] }>;

interface EmbedPageProps {
  readonly store: PageStore;
  readonly options: EmbedOptions;
  readonly theme: EmbedTheme;
  readonly onHeight: (height: number) => void;
}

/** Keys here move through the run; they open nothing. */
const embedCommands = commandIds.filter((id) => commandEntry(id).group !== "Page");

export function EmbedPage({ store, options, theme, onHeight }: EmbedPageProps) {
  const page = useRef<HTMLElement>(null);
  const colours = useTheme(useStore(theme, (state) => state.choice));
  const nextRun = useNextRun(store);
  const { isChanged } = nextRun;
  const axisTokens = isChanged ? null : nextRun.expectedTokens;
  const shown = useShownRun(store);
  const choices = useStore(store, (state) => state.choices);
  const comparison = useStore(store, (state) => state.comparison);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const notices = useStore(store, (state) => state.notices);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const missingModel = useStore(store, (state) => state.missingModel);
  const isLoading = useStore(store, (state) => state.isRecordedRunLoading);

  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useContentHeight(page, onHeight);

  const address = useMemo(
    () => fullAddress(encodeLink({ choices, comparison, way: "explore" })),
    [choices, comparison],
  );
  useFrameKeys(store, axisTokens);
  useEffect(() => {
    if (missingModel !== null) store.getState().tell("warning", NOT_IN_A_FRAME);
  }, [store, missingModel]);

  const actions = store.getState();
  const hasTimeline = options.panels.includes("timeline");
  const shownPanels = useMemo(() => options.panels.filter((panel) => panel !== "timeline"), [options.panels]);
  return (
    <main ref={page} className="embed" {...usePageMarks(store, shown?.verdict ?? null)}>
      <h1 className="visually-hidden">Winnow</h1>
      <EmbedBar
        options={options}
        origin={origin}
        runStatus={runStatus}
        runText={shown === null ? null : runParameters(shown.lane.trace.header)}
        verdict={shown?.verdict ?? null}
        isChanged={isChanged}
        address={address}
        settings={nextRun.lanes[0]}
        problem={nextRun.problem}
        recordedRuns={recordedRuns}
        recordedId={origin === "recorded" ? recordedId : null}
        isPlaying={isPlaying}
        hasTimeline={hasTimeline}
        choose={actions.choose}
        onPin={actions.pin}
        onPlayPause={actions.playPause}
        {...runActions(store)}
        onRecordedRun={(id) => void actions.showRecordedRun(id)}
      />
      <Notices notices={notices} onDismiss={actions.dismiss} />
      {shown === null ? (
        <p className={`page-waiting${isLoading ? " page-loading" : ""}`}>{waitingWords(runStatus, isLoading)}</p>
      ) : (
        <Panels
          store={store}
          lane={shown.lane}
          theme={colours}
          expectedTokens={axisTokens}
          marks={shown.mistakes}
          hasTimeline={hasTimeline}
          stage={
            shownPanels.length > 0 && (
              <PanelColumns shown={shownPanels} columnsOf={embedColumns} onTell={actions.tell} />
            )
          }
        />
      )}
    </main>
  );
}

function waitingWords(runStatus: RunStatus, isLoading: boolean): string {
  if (runStatus === "loading" || runStatus === "running") return "Loading the model…";
  return isLoading ? "Loading the recorded run…" : "There is no run here yet.";
}

const NOT_IN_A_FRAME = "This run needs a model that isn’t here. Open Winnow itself: Models there says how to get it.";

/** The full page with this fragment. */
function fullAddress(fragment: string): string {
  const address = new URL(window.location.href);
  address.search = "";
  address.hash = fragment;
  return address.href;
}

/** The keys of a page in a frame. */
export function useFrameKeys(store: PageStore, axisTokens: number | null): void {
  const keys = useMemo(() => {
    const nothing = (): void => undefined;
    const acts = pageActs(store, {
      openHelp: nothing,
      openPalette: nothing,
      goToResults: nothing,
      openExamples: nothing,
      openPapers: nothing,
      share: nothing,
      openFile: nothing,
      openModels: nothing,
      openLibrary: nothing,
      openRecent: nothing,
      addMoment: nothing,
      axisStepCount: () => axisStepCount(store.getState(), axisTokens),
    });
    return keyBindings(acts, embedCommands);
  }, [store, axisTokens]);
  usePageKeys(keys);
}
