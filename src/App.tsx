// The page: its head, one of its five views, and what opens over it (PageDialogs.tsx). Keys, clock and address are bound to
// the store here.
import { memo, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { PageDialogs, useOpenDialog } from "./PageDialogs";
import { PageHeader } from "./panels/header/PageHeader";
import { commandsOf } from "./panels/palette/commandTable";
import { keyBindings, type PageActs } from "./panels/palette/pageActs";
import { browserAddress, followAddress } from "./state/addressBar";
import type { PageStore } from "./state/pageStore";
import { isStreamInView } from "./state/view";
import { useLatePart } from "./ui/latePart";
import { Notices } from "./ui/Notices";
import { useTheme, type ThemeChoice } from "./ui/useTheme";
import type { ExploreToolsProps } from "./ways/explore/ExploreTools";
import { useNextRun, usePageKeys, usePageMarks, usePlayClock, useShownRun } from "./ways/usePage";
import { CheckpointChoice } from "./ways/watch/CheckpointChoice";
import { ProblemChoice } from "./ways/watch/ProblemChoice";
import { wayPages } from "./ways/wayPages";

export function App({ store }: { readonly store: PageStore }) {
  const [themeChoice, setThemeChoice] = useState<ThemeChoice>("system");
  const theme = useTheme(themeChoice);
  const nextRun = useNextRun(store);
  const axisTokens = nextRun.isChanged ? null : nextRun.expectedTokens;
  const dialog = useOpenDialog(store, axisTokens);
  const { acts } = dialog;
  const shown = useShownRun(store);
  const way = useStore(store, (state) => state.way);
  const runStatus = useStore(store, (state) => state.runStatus);
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const notices = useStore(store, (state) => state.notices);

  usePlayClock(store, isPlaying || runStatus === "running" || runStatus === "loading");
  useEffect(() => followAddress(store, browserAddress()), [store]);
  // A stream has a clock and lanes of its own, and binds their keys itself.
  const isStream = useStore(store, isStreamInView);
  usePageKeys(useMemo(() => keyBindings(acts, isStream ? commandsOf("Views", "Page") : undefined), [acts, isStream]));

  const WayPage = wayPages[way];
  return (
    <main className="page" data-way={way} {...usePageMarks(store, shown?.verdict ?? null)}>
      <PageHead
        store={store}
        acts={acts}
        isChanged={nextRun.isChanged}
        themeChoice={themeChoice}
        onTheme={setThemeChoice}
      />
      <Notices notices={notices} onDismiss={store.getState().dismiss} />
      <WayPage store={store} acts={acts} theme={theme} nextRun={nextRun} shown={shown} />
      <PageDialogs store={store} dialog={dialog} themeChoice={themeChoice} onTheme={setThemeChoice} />
    </main>
  );
}

interface PageHeadProps {
  readonly store: PageStore;
  readonly acts: PageActs;
  /** The settings are not those of the run on screen. */
  readonly isChanged: boolean;
  readonly themeChoice: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
}

/** The clock does not re-render it. */
const PageHead = memo(function PageHead({ store, acts, isChanged, themeChoice, onTheme }: PageHeadProps) {
  const way = useStore(store, (state) => state.way);
  const isWatchingStream = useStore(store, (state) => state.isWatchingStream);
  const { go, openLink } = store.getState();
  return (
    <PageHeader
      way={way}
      themeChoice={themeChoice}
      acts={acts}
      onWay={go}
      onTheme={onTheme}
      onStart={() => {
        void openLink("");
        go("watch");
        const first = store.getState().recordedRuns.at(0);
        if (first !== undefined) void store.getState().showRecordedRun(first.id);
      }}
    >
      {way === "watch" && (
        <>
          {!isWatchingStream && <CheckpointChoice store={store} />}
          <ProblemChoice store={store} />
        </>
      )}
      {way === "explore" && <LateExploreTools store={store} acts={acts} isChanged={isChanged} />}
    </PageHeader>
  );
});

/** Its code comes with that of Explore. */
function LateExploreTools(props: ExploreToolsProps) {
  const { part } = useLatePart(true, loadExploreTools);
  return part === null ? null : <part.ExploreTools {...props} />;
}

const loadExploreTools = () => import("./ways/explore/ExploreTools");
