// What a panel is. Each panel's panel.ts says it once; registry.ts lists the panels, and their names, titles, menus, links
// and late loading follow from there.
import { useCallback, useEffect, useMemo, useRef, type ComponentType } from "react";
import type { Problem } from "../problems/problem";
import type { LaneChoices } from "../settings/lanes";
import type { Choices, Settings } from "../settings/settings";
import type { StreamChosen } from "../settings/streamSettings";
import type { PanelName } from "../state/arrangement";
import type { LaneRun } from "../state/shownRuns";
import type { AftermathState } from "../state/mergeAftermath";
import type { CharacterisationActions, CharacterisationState } from "../state/characterisation";
import type { SessionRunsState } from "../state/sessionRuns";
import type { CheckpointTrialsActions, CheckpointTrialsState } from "../state/checkpointTrials";
import type { StorageTrialsActions, StorageTrialsState } from "../state/storageTrials";
import type { PanelChoices } from "../state/moment";
import type { EvictionEvent, Trace } from "../trace/trace";
import type { HeadPlace } from "../trace/watchedHeads";
import type { LatePanel } from "../ui/latePanel";
import type { Explanation, PanelHeading, Provenance } from "../ui/Panel";
import type { Theme } from "../ui/scale";
import type { ZoomView } from "../ui/zoom/zoomView";
import { figureAbout } from "./figureAbout";
import { panelKinds } from "./panelKinds";
import type { Focus } from "./focus";
import type { Selection, SelectionHandlers } from "./selection";
import { viewRules, type ViewChoices, type ViewRules } from "./viewRules";

/** What every panel may read of the page, and what it may do to it. */
export interface PanelPage extends Selection, SelectionHandlers {
  /** The run of the lane on the stage, and the step of it on show. */
  readonly trace: Trace;
  /** The run is over: nothing will be added to its trace, unless it is continued. */
  readonly isEnded: boolean;
  readonly step: number;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
  /** Steps that time axes span: those there are, or those that the run is expected to take. */
  readonly axisStepCount: number;
  /** The page moves from step to step by itself. */
  readonly isMoving: boolean;
  readonly theme: Theme;
  readonly provenance: Provenance;
  /** Attention that the full cache has paid up to this step to what was evicted; null where it was not measured. [position] */
  readonly regret: Float64Array | null;
  /** The prompt run with nothing evicted, once that was asked for; null before. */
  readonly fullCacheRun: Trace | null;
  readonly isFullCacheRunning: boolean;
  /** Asks for it up to a step; null, or why it cannot be had, in plain words. */
  readonly onFullCacheRun: (step: number) => string | null;
  /** What an event did to the queries after it, once that was asked for. */
  readonly aftermath: AftermathState;
  readonly onAftermath: (event: EvictionEvent) => void;
  /** What fewer bits did to runs on the second engine, and what it is at. */
  readonly storageTrials: StorageTrialsState;
  readonly onStorageTrials: StorageTrialsActions;
  /** Ways to store and serve the model, and what was measured of them. */
  readonly characterisation: CharacterisationState;
  readonly onCharacterisation: CharacterisationActions;
  /** What checkpoints along a training made of the problem, and which of them is at it. */
  readonly checkpointTrials: CheckpointTrialsState;
  readonly onCheckpointTrials: CheckpointTrialsActions;
  /** What ended runs of this visit left. */
  readonly sessionRuns: SessionRunsState["sessionRuns"];
  /** On which machine the visitor has runs made. */
  readonly backend: Settings["backend"];
  /** Heads that a live run watches whatever is in focus, and what adds or removes one. */
  readonly keptHeads: readonly HeadPlace[];
  readonly onKeepHead: (head: HeadPlace) => void;
  readonly lanes: readonly LaneRun[];
  readonly stageLane: number;
  readonly onLane: (lane: number) => void;
  /** Step of the clock; a lane that ended earlier is shown at its end. */
  readonly shownStep: number;
  readonly onMove: (step: number) => void;
  /** Changes whenever the clock moves. */
  readonly clock: string;
  readonly problem: Problem | null;
  /** Runs the run on the stage again, alone, with these choices changed. */
  readonly onTry: (problem: Problem | null, change: Choices) => void;
  /** Runs these choices, with lanes beside them, on the machine that is chosen. */
  readonly onRun: (choices: Choices, others: readonly LaneChoices[]) => void;
  /** Watches a stream so chosen, in the view of streams. */
  readonly onStream: (chosen: StreamChosen) => void;
  /** Runs it again with a lane beside it that differs in this. */
  readonly onBeside: (problem: Problem | null, change: LaneChoices) => void;
  /** Runs the run on the stage with these two models side by side, fed the same tokens and with attention recorded. */
  readonly onCheckpoints: (problem: Problem | null, modelIds: readonly [base: string, changed: string]) => void;
  /** The first wrong word of the run and why it is wrong, where that is known. */
  readonly mistake: MistakeNote | null;
  /** What the panels were asked to show, where it differs from what they begin with. */
  readonly choices: PanelChoices;
  readonly onChoices: (name: string, choices: ViewChoices) => void;
  /** Shared by all pictures of steps by positions. */
  readonly zoom: ZoomView;
  readonly onZoom: (zoom: ZoomView) => void;
}

export interface MistakeNote {
  readonly position: number;
  readonly sentences: readonly string[];
  /** Goes to the fact that the word needed. */
  readonly onGo: () => void;
}

export interface Headed {
  readonly heading: PanelHeading;
}

/** What only this panel is given. */
interface PanelOwn<View> extends Headed {
  readonly view: View;
  /** Stays the same from step to step. */
  readonly onView: (view: View) => void;
}

/** The props of a panel that takes these things of the page. */
export type PanelProps<Taken extends keyof PanelPage, View> = Pick<PanelPage, Taken> & PanelOwn<View>;

interface PanelSpec<Taken extends keyof PanelPage, View> {
  readonly name: PanelName;
  /** What its menu explains: what is seen, and how it is computed. */
  readonly explanation: Explanation | ((trace: Trace) => Explanation);
  /** What a reader may choose in it. */
  readonly view?: ViewRules<View>;
  /** What it needs of the page: it is drawn again only where one of these differs. */
  readonly takes: readonly Taken[];
  /** Its code loads when it is first looked at, or before (`preload`). */
  readonly component: LatePanel<PanelProps<NoInfer<Taken>, NoInfer<View>>>;
}

export interface PanelDefinition<View = unknown> {
  readonly name: PanelName;
  readonly view: ViewRules<View>;
  readonly headingFor: (trace: Trace) => PanelHeading;
  readonly Shown: ComponentType<{ readonly page: PanelPage }>;
  readonly preload: () => Promise<void>;
}

export function definePanel<Taken extends keyof PanelPage, View = object>(
  spec: PanelSpec<Taken, View>,
): PanelDefinition<View> {
  const { name, explanation, takes, component: Component } = spec;
  const { title, leastLanes = 1 } = panelKinds[name];
  const view = spec.view ?? (viewRules({}, {}) as unknown as ViewRules<View>);
  const headingFor = (trace: Trace): PanelHeading => ({
    name,
    title,
    explanation: typeof explanation === "function" ? explanation(trace) : explanation,
  });
  function Shown({ page }: { readonly page: PanelPage }) {
    const shown = useRef(page);
    useEffect(() => {
      shown.current = page;
    }, [page]);
    const heading = useMemo(
      () => ({ ...headingFor(page.trace), about: () => figureAbout(shown.current, leastLanes > 1) }),
      [page.trace],
    );
    const taken = Object.fromEntries(takes.map((key) => [key, page[key]])) as Pick<PanelPage, Taken>;
    return <Component {...taken} heading={heading} {...useView(name, view, page)} />;
  }
  return { name, view, headingFor, Shown, preload: Component.preload };
}

/** A view as the page holds it, and how to change it. */
export function useView<View>(
  name: string,
  rules: ViewRules<View>,
  { choices, onChoices }: Pick<PanelPage, "choices" | "onChoices">,
): { readonly view: View; readonly onView: (view: View) => void } {
  const chosen = choices[name] as ViewChoices | undefined;
  const view = useMemo(() => rules.read(chosen ?? {}), [rules, chosen]);
  const onView = useCallback((next: View) => onChoices(name, rules.write(next)), [name, rules, onChoices]);
  return { view, onView };
}
