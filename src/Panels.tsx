// The grid of panels about one trace at one step; view choices that only panels know live here.
import { useCallback, useMemo, useState } from "react";
import { useStore } from "zustand";
import { MapPanel } from "./panels/map/MapPanel";
import { initialMapView } from "./panels/map/layout";
import { MetersPanel } from "./panels/meters/MetersPanel";
import { Stage } from "./panels/stage/Stage";
import { ScorePanel } from "./panels/score/ScorePanel";
import type { ScoreMeasure, ScoreOrder } from "./panels/score/layout";
import type { SelectionHandlers } from "./panels/selection";
import { initialTextView } from "./panels/text/layout";
import { TextPanel } from "./panels/text/TextPanel";
import type { StepMark } from "./panels/timeline/scene";
import { TimelinePanel } from "./panels/timeline/TimelinePanel";
import { TokenTip } from "./panels/TokenTip";
import { WhyPanel } from "./panels/why/WhyPanel";
import type { PageStore } from "./state/pageStore";
import { axisStepCount } from "./state/timeAxis";
import type { Trace } from "./trace/trace";
import type { Theme } from "./ui/scale";

interface PanelsProps {
  readonly store: PageStore;
  readonly trace: Trace;
  readonly theme: Theme;
  /** Tokens of prompt and reasoning that the run on screen is expected to take; null where unknown. */
  readonly expectedTokens: number | null;
  /** Steps that the timeline marks. */
  readonly marks: readonly StepMark[];
}

export function Panels({ store, trace, theme, expectedTokens, marks }: PanelsProps) {
  const origin = useStore(store, (state) => state.origin);
  const stepCount = useStore(store, (state) => state.stepCount);
  const end = useStore(store, (state) => state.end);
  const step = useStore(store, (state) => state.shownStep);
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
  const [textView, setTextView] = useState(initialTextView);
  const [mapView, setMapView] = useState(initialMapView);
  const [measure, setMeasure] = useState<ScoreMeasure>("parts");
  const [order, setOrder] = useState<ScoreOrder>("position");

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
  const axisSteps = axisStepCount({ trace, origin, end, stepCount }, expectedTokens);

  const panels = {
    text: (
      <TextPanel
        trace={trace}
        step={step}
        focus={focus}
        view={textView}
        regret={null}
        provenance={provenance}
        {...lit}
        {...selection}
        onView={setTextView}
      />
    ),
    map: (
      <MapPanel
        trace={trace}
        step={step}
        positionCount={promptCount + axisSteps}
        focus={focus}
        view={mapView}
        theme={theme}
        provenance={provenance}
        {...lit}
        {...selection}
        onFocus={focusOn}
        onView={setMapView}
      />
    ),
    score: (
      <ScorePanel
        trace={trace}
        step={step}
        focus={focus}
        order={order}
        provenance={provenance}
        {...lit}
        {...selection}
        measure={measure}
        onOrder={setOrder}
        onMeasure={setMeasure}
      />
    ),
    why: <WhyPanel trace={trace} step={step} focus={focus} {...lit} onPin={selection.onPin} />,
    meters: <MetersPanel trace={trace} step={step} provenance={provenance} />,
  };

  return (
    <>
      <Stage panels={panels} arrangement={arrangement} onArrange={actions.arrange} onTell={actions.tell} />
      <TimelinePanel
        trace={trace}
        step={step}
        stepCount={stepCount}
        axisStepCount={axisSteps}
        provenance={provenance}
        view={{ visible: visibleSteps, loop: loopRange }}
        marks={marks}
        playDirection={isPlaying ? playDirection : 1}
        isPlaying={isPlaying || (isFollowing && runStatus === "running")}
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
