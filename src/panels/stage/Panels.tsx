// The panels about one trace at one step: what they may read of the page, the stage that gives each its place, the timeline.
import { useMemo, type ReactNode } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { panelsAway } from "../panelKinds";
import { Stage } from "./Stage";
import { StagePanels } from "./StageCell";
import { usePanelPage } from "./usePanelPage";
import type { MistakeNote, PanelPage } from "../definePanel";
import { figureAbout } from "../figureAbout";
import type { StepMark } from "../timeline/scene";
import { TimelinePanel } from "../timeline/TimelinePanel";
import { TokenTip } from "../TokenTip";
import type { LaneRun } from "../../state/shownRuns";
import type { PageStore } from "../../state/pageStore";
import { isCompared, klByStep } from "../../trace/fullCacheComparison";
import type { Theme } from "../../ui/scale";

interface PanelsProps {
  readonly store: PageStore;
  /** The lane on the stage. */
  readonly lane: LaneRun;
  readonly theme: Theme;
  /** Tokens of prompt and reasoning that the run on screen is expected to take; null where unknown. */
  readonly expectedTokens: number | null;
  /** Steps that the timeline marks. */
  readonly marks: readonly StepMark[];
  /** Holds the panels instead of the page's stage, and ignores the stage's arrangement. */
  readonly stage?: ReactNode;
  readonly hasTimeline?: boolean;
  readonly mistake?: MistakeNote | null;
}

export function Panels({ store, lane, theme, expectedTokens, marks, stage, ...rest }: PanelsProps) {
  const { hasTimeline = true, mistake = null } = rest;
  const page = usePanelPage(store, { lane, theme, expectedTokens, mistake });
  return (
    <>
      <StagePanels page={page}>{stage ?? <PageStage store={store} />}</StagePanels>
      {hasTimeline && <Timeline store={store} page={page} stepCount={lane.stepCount} marks={marks} />}
      <HoveredToken store={store} page={page} />
    </>
  );
}

function PageStage({ store }: { readonly store: PageStore }) {
  const arrangement = useStore(store, (state) => state.arrangement);
  const away = useStore(
    store,
    useShallow((state) => panelsAway(state.lanes)),
  );
  const { arrange, tell } = store.getState();
  return <Stage arrangement={arrangement} away={away} onArrange={arrange} onTell={tell} />;
}

interface TimelineProps extends Pick<PanelsProps, "store" | "marks"> {
  readonly page: PanelPage;
  readonly stepCount: number;
}

function Timeline({ store, page, stepCount, marks }: TimelineProps) {
  const { trace } = page;
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const playDirection = useStore(store, (state) => state.playDirection);
  const visible = useStore(store, (state) => state.visibleSteps);
  const loop = useStore(store, (state) => state.loopRange);
  const stepsPerSecond = useStore(store, (state) => state.stepsPerSecond);
  const isBehindLive = useStore(
    store,
    ({ origin, isFollowing, runStatus }) =>
      origin === "live" && !isFollowing && (runStatus === "running" || runStatus === "paused"),
  );
  const comparison = useMemo(() => (isCompared(trace) ? { kl: klByStep(trace, stepCount) } : null), [trace, stepCount]);
  const actions = store.getState();
  return (
    <TimelinePanel
      trace={trace}
      about={() => figureAbout(page, false)}
      step={page.step}
      stepCount={stepCount}
      axisStepCount={page.axisStepCount}
      provenance={page.provenance}
      view={{ visible, loop }}
      marks={marks}
      comparison={comparison}
      playDirection={isPlaying ? playDirection : 1}
      isPlaying={page.isMoving}
      stepsPerSecond={stepsPerSecond}
      isBehindLive={isBehindLive}
      onMove={page.onMove}
      onEvent={actions.moveToEvent}
      onPlayPause={actions.playPause}
      onReversePause={actions.reversePause}
      onLoop={actions.loopSteps}
      onVisible={actions.showSteps}
      onSpeed={actions.setSpeed}
      onBackToLive={actions.backToLive}
    />
  );
}

function HoveredToken({ store, page }: { readonly store: PageStore; readonly page: PanelPage }) {
  const hover = useStore(store, (state) => state.hover);
  if (hover === null || page.hovered === null) return null;
  return (
    <TokenTip
      trace={page.trace}
      step={page.step}
      position={page.hovered}
      anchor={hover.anchor}
      view={{ width: window.innerWidth, height: window.innerHeight }}
    />
  );
}
