// The page: head, controls, what became of the run, the panels, and what opens over them; keys, clock and address are
// bound to the store here.
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { PageControls } from "./PageControls";
import { PageDialogs, useOpenDialog } from "./PageDialogs";
import { PageHead } from "./PageHead";
import { RunLine } from "./panels/header/RunLine";
import { divergenceMarks } from "./panels/lanes/divergenceMarks";
import { keyBindings } from "./panels/palette/pageActs";
import { goToPlace } from "./panels/share/goToPlace";
import { ReplayVerdict } from "./panels/share/ReplayVerdict";
import { Panels } from "./Panels";
import { Results } from "./Results";
import { browserAddress, followAddress } from "./state/addressBar";
import type { PageStore } from "./state/pageStore";
import { usePageKeys } from "./state/usePageKeys";
import { usePlayClock } from "./state/usePlayClock";
import { Notices } from "./ui/Notices";
import { useTheme, type ThemeChoice } from "./ui/useTheme";
import { useNextRun } from "./useNextRun";
import { usePageMarks } from "./usePageMarks";
import { useShownRun } from "./useShownRun";

export function App({ store }: { readonly store: PageStore }) {
  const [themeChoice, setThemeChoice] = useState<ThemeChoice>("system");
  const theme = useTheme(themeChoice);
  const nextRun = useNextRun(store);
  const { isChanged } = nextRun;
  const axisTokens = isChanged ? null : nextRun.expectedTokens;
  const dialog = useOpenDialog(store, axisTokens);
  const { acts } = dialog;
  const shown = useShownRun(store);

  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const notices = useStore(store, (state) => state.notices);
  const verdicts = useStore(store, (state) => state.verdicts);
  const [readVerdicts, setReadVerdicts] = useState<typeof verdicts>([]);
  const recordedRuns = useStore(store, (state) => state.recordedRuns);
  const recordedId = useStore(store, (state) => state.recordedId);
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);

  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useEffect(() => followAddress(store, browserAddress()), [store]);
  usePageKeys(useMemo(() => keyBindings(acts), [acts]));

  const mistakes = shown?.mistakes;
  const marks = useMemo(
    () => [...(mistakes ?? []), ...divergenceMarks(lanes, stageLane)],
    [mistakes, lanes, stageLane],
  );
  const actions = store.getState();

  return (
    <main className="page" {...usePageMarks(store, shown?.verdict ?? null)}>
      <PageHead store={store} acts={acts} themeChoice={themeChoice} onTheme={setThemeChoice} />
      <PageControls store={store} nextRun={nextRun} onShare={acts.share} />
      <Notices notices={notices} onDismiss={actions.dismiss} />
      {verdicts !== readVerdicts && (
        <ReplayVerdict
          verdicts={verdicts}
          onGoTo={(place) => goToPlace(store, place)}
          onDismiss={() => setReadVerdicts(verdicts)}
        />
      )}
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
            onPin={actions.pin}
            recordedRuns={recordedRuns}
            recordedId={recordedId}
            onRecordedRun={(id) => void actions.showRecordedRun(id)}
          />
          <Panels store={store} lane={shown.lane} theme={theme} expectedTokens={axisTokens} marks={marks} />
        </>
      )}
      <Results store={store} />
      <PageDialogs store={store} dialog={dialog} themeChoice={themeChoice} onTheme={setThemeChoice} />
    </main>
  );
}
