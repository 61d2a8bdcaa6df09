// The grid of panels about one trace at one step.
import { useCallback, useMemo, type ReactNode } from "react";
import { useStore } from "zustand";
import { AttentionPanel, LanesPanel, LifelinesPanel, MaskPanel, OverlapPanel } from "./latePanels";
import { MapPanel } from "./panels/map/MapPanel";
import { MetersPanel } from "./panels/meters/MetersPanel";
import { useStageViews } from "./panels/stage/useStageViews";
import { Stage } from "./panels/stage/Stage";
import { ScorePanel } from "./panels/score/ScorePanel";
import type { SelectionHandlers } from "./panels/selection";
import { TextPanel } from "./panels/text/TextPanel";
import type { StepMark } from "./panels/timeline/scene";
import { TimelinePanel } from "./panels/timeline/TimelinePanel";
import { TokenTip } from "./panels/TokenTip";
import { WhyPanel } from "./panels/why/WhyPanel";
import { panelsAway, type PanelName } from "./state/arrangement";
import { laneStep, type LaneRun } from "./state/shownRuns";
import type { PageStore } from "./state/pageStore";
import { axisStepCount } from "./state/timeAxis";
import { isCompared, klByStep, regretByPosition } from "./trace/loyalty";
import type { Trace } from "./trace/trace";
import type { Theme } from "./ui/scale";

interface PanelsProps {
  readonly store: PageStore;
  /** The lane on the stage. */
  readonly lane: LaneRun;
  readonly theme: Theme;
  /** Tokens of prompt and reasoning that the run on screen is expected to take; null where unknown. */
  readonly expectedTokens: number | null;
  /** Steps that the timeline marks. */
  readonly marks: readonly StepMark[];
  /** Another place for the panels than the stage, whose arrangement it ignores. */
  readonly renderPanels?: (panels: Readonly<Record<PanelName, ReactNode>>, clock: string) => ReactNode;
  readonly hasTimeline?: boolean;
}

export function Panels(props: PanelsProps) {
  const { store, lane, theme, expectedTokens, marks, renderPanels, hasTimeline = true } = props;
  const { trace, stepCount } = lane;
  const origin = useStore(store, (state) => state.origin);
  const step = useStore(store, (state) => laneStep(lane, state.shownStep));
  const axisSteps = useStore(store, (state) => axisStepCount(state, expectedTokens));
  const isPlaying = useStore(store, (state) => state.isPlaying);
  const playDirection = useStore(store, (state) => state.playDirection);
  const visibleSteps = useStore(store, (state) => state.visibleSteps);
  const loopRange = useStore(store, (state) => state.loopRange);
  const isFollowing = useStore(store, (state) => state.isFollowing);
  const stepsPerSecond = useStore(store, (state) => state.stepsPerSecond);
  const runStatus = useStore(store, (state) => state.runStatus);
  const hover = useStore(store, (state) => state.hover);
  const pinned = useStore(store, (state) => state.pinnedPosition);
  const layer = useStore(store, (state) => state.focusLayer);
  const kvHead = useStore(store, (state) => state.focusKvHead);
  const arrangement = useStore(store, (state) => state.arrangement);
  const lanes = useStore(store, (state) => state.lanes);
  const stageLane = useStore(store, (state) => state.stageLane);
  const clockStep = useStore(store, (state) => state.shownStep);
  const clockSteps = useStore(store, (state) => state.stepCount);
  const problem = useStore(store, (state) => state.problem);
  const [views, setViews] = useStageViews(store);

  const away = useMemo(() => panelsAway(lanes.length), [lanes.length]);
  const actions = store.getState();
  const selection = useMemo(() => selectionHandlers(store), [store]);
  const focusOn = useCallback(
    (focus: { layer: number; kvHead: number }) => store.getState().focusOn(focus.layer, focus.kvHead),
    [store],
  );
  const focus = useMemo(() => focusWithin(trace, layer, kvHead), [trace, layer, kvHead]);
  const promptCount = trace.header.promptTokens.length;
  const existing = (position: number | null): number | null =>
    position !== null && position <= promptCount + step ? position : null;
  const lit = { hovered: existing(hover?.position ?? null), pinned: existing(pinned) };
  const provenance = origin === "live" ? "measured" : "recorded";
  const regret = useMemo(() => (isCompared(trace) ? regretByPosition(trace, step) : null), [trace, step]);
  const loyalty = useMemo(() => (isCompared(trace) ? { kl: klByStep(trace, stepCount) } : null), [trace, stepCount]);
  const isMoving = isPlaying || (isFollowing && runStatus === "running");

  const about = { trace, step, focus, ...lit, ...selection };
  const drawn = { theme, provenance } as const;
  const panels = {
    lanes: (
      <LanesPanel
        lanes={lanes}
        stageLane={stageLane}
        shownStep={clockStep}
        axisStepCount={axisSteps}
        problem={problem}
        focus={focus}
        {...lit}
        {...selection}
        provenance={provenance}
        view={views.lanes}
        onView={setViews.lanes}
        onLane={actions.showLane}
        onMove={actions.moveTo}
        onFocus={focusOn}
      />
    ),
    text: <TextPanel {...about} provenance={provenance} regret={regret} view={views.text} onView={setViews.text} />,
    map: (
      <MapPanel
        {...about}
        {...drawn}
        positionCount={promptCount + axisSteps}
        view={views.map}
        onView={setViews.map}
        onFocus={focusOn}
      />
    ),
    score: (
      <ScorePanel {...about} provenance={provenance} isPlaying={isMoving} view={views.score} onView={setViews.score} />
    ),
    why: <WhyPanel trace={trace} step={step} focus={focus} {...lit} onPin={selection.onPin} onFocus={focusOn} />,
    meters: <MetersPanel trace={trace} step={step} provenance={provenance} />,
    attention: (
      <AttentionPanel
        {...about}
        {...drawn}
        stepCount={axisSteps}
        view={views.attention}
        onView={setViews.attention}
        zoom={views.zoom}
        onZoom={setViews.zoom}
      />
    ),
    mask: (
      <MaskPanel
        {...about}
        {...drawn}
        stepCount={axisSteps}
        view={views.mask}
        onView={setViews.mask}
        zoom={views.zoom}
        onZoom={setViews.zoom}
      />
    ),
    overlap: (
      <OverlapPanel
        trace={trace}
        step={step}
        focus={focus}
        theme={theme}
        view={views.overlap}
        onView={setViews.overlap}
      />
    ),
    lifelines: (
      <LifelinesPanel
        {...about}
        theme={theme}
        axisStepCount={axisSteps}
        regret={regret}
        view={views.lifelines}
        onView={setViews.lifelines}
      />
    ),
  };

  const clock = `${clockStep} of ${clockSteps}`;
  return (
    <>
      {renderPanels === undefined ? (
        <Stage
          panels={panels}
          clock={clock}
          arrangement={arrangement}
          away={away}
          onArrange={actions.arrange}
          onTell={actions.tell}
        />
      ) : (
        renderPanels(panels, clock)
      )}
      {hasTimeline && (
        <TimelinePanel
          trace={trace}
          step={step}
          stepCount={stepCount}
          axisStepCount={axisSteps}
          provenance={provenance}
          view={{ visible: visibleSteps, loop: loopRange }}
          marks={marks}
          loyalty={loyalty}
          playDirection={isPlaying ? playDirection : 1}
          isPlaying={isMoving}
          stepsPerSecond={stepsPerSecond}
          isBehindLive={origin === "live" && !isFollowing && (runStatus === "running" || runStatus === "paused")}
          onMove={actions.moveTo}
          onEvent={actions.moveToEvent}
          onPlayPause={actions.playPause}
          onReversePause={actions.reversePause}
          onLoop={actions.loopSteps}
          onVisible={actions.showSteps}
          onSpeed={actions.setSpeed}
          onBackToLive={actions.backToLive}
        />
      )}
      {hover !== null && lit.hovered !== null && (
        <TokenTip
          trace={trace}
          step={step}
          position={lit.hovered}
          anchor={hover.anchor}
          view={{ width: window.innerWidth, height: window.innerHeight }}
        />
      )}
    </>
  );
}

function selectionHandlers(store: PageStore): SelectionHandlers {
  const { hoverOver, pin } = store.getState();
  return {
    onHover: (position, anchor) => {
      hoverOver(position === null || anchor === undefined ? null : { position, anchor });
    },
    onPin: pin,
  };
}

/** A focus that a smaller model does not have falls back to its last layer or head. */
function focusWithin(trace: Trace, layer: number, kvHead: number): { layer: number; kvHead: number } {
  const { layerCount, kvHeadCount } = trace.header.model;
  return { layer: Math.min(layer, layerCount - 1), kvHead: Math.min(kvHead, kvHeadCount - 1) };
}
