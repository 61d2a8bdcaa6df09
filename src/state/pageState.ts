// What the page remembers: choices, the run on show, the step on show, what is selected. Facts only; the rest derives.
import { initialArrangement, type Arrangement } from "./arrangement";
import { emptyHistory, type ChoiceHistory } from "./choiceHistory";
import type { Moment, PanelChoices } from "./moment";
import type { PlayDirection } from "./playedStep";
import type { StepRange } from "./timeAxis";
import type { Problem } from "../problems/problem";
import { noComparison, type Comparison } from "../settings/lanes";
import type { Choices } from "../settings/settings";
import type { LaneRun } from "./laneRun";
import type { RecordedRun } from "./recordedRun";
import type { BackendSummary, ModelSummary } from "../trace/trace";
import type { Verdict } from "../trace/proof/verdict";

/** Where the runs on screen come from. */
export type TraceOrigin = "recorded" | "live";

export type RunStatus =
  /** No live run has been asked for. */
  | "none"
  /** The model or the run is on its way. */
  | "loading"
  | "running"
  | "paused"
  /** It came to an end, can be played and, mostly, continued. */
  | "ended"
  | "failed";

export interface Notice {
  readonly id: number;
  readonly tone: "info" | "warning" | "error";
  readonly text: string;
}

export interface Hover {
  readonly position: number;
  /** Where the pointer is, in CSS pixels of the view. */
  readonly anchor: { readonly x: number; readonly y: number };
}

export interface PageState {
  readonly choices: Choices;
  /** The lanes to run beside it. */
  readonly comparison: Comparison;
  /** What the lanes are said to give, by the link that they came from: proofs as text, "" for a lane without. [lane] */
  readonly promisedProofs: readonly string[];
  /** Whether they did, once the run has come to its own end; null for a lane that nobody vouches for. [lane] */
  readonly verdicts: readonly (Verdict | null)[];
  /** Where the link wants one to look in the run that it describes, until that is on screen. */
  readonly wantedMoment: Moment | null;
  /** What was chosen before and what was undone. */
  readonly history: ChoiceHistory;
  readonly notices: readonly Notice[];

  /** The runs on the clock; none before the first trace. [lane] */
  readonly lanes: readonly LaneRun[];
  /** The lane that the panels of the stage show. */
  readonly stageLane: number;
  /** What the runs on screen were asked; null for a text that nobody has generated. */
  readonly problem: Problem | null;
  readonly origin: TraceOrigin;
  /** Steps on the clock: those of the longest lane. */
  readonly stepCount: number;
  /** The live run was sent on beyond its end: its recipe alone does not give its tokens. */
  readonly isContinued: boolean;
  /** The recorded runs there are, and which of them was shown last. */
  readonly recordedRuns: readonly RecordedRun[];
  readonly recordedId: string | null;
  readonly isRecordedRunLoading: boolean;

  readonly runStatus: RunStatus;
  readonly loadedBytes: number;
  readonly totalBytes: number | null;
  /** The engine that is loaded; null before it was asked for. */
  readonly engine: { readonly model: ModelSummary; readonly backend: BackendSummary } | null;

  readonly shownStep: number;
  /** The step on show moves along with the live run. */
  readonly isFollowing: boolean;
  readonly isPlaying: boolean;
  readonly playDirection: PlayDirection;
  /** The steps that playing repeats; null plays to the end. */
  readonly loopRange: StepRange | null;
  /** The steps that the time axis shows; null for all. */
  readonly visibleSteps: StepRange | null;
  /** Pace of playing and of a live run; Infinity = as fast as the engine goes. */
  readonly stepsPerSecond: number;

  readonly arrangement: Arrangement;
  /** What the panels were asked to show, where it differs from what they begin with. */
  readonly views: PanelChoices;

  readonly focusLayer: number;
  readonly focusKvHead: number;
  readonly hover: Hover | null;
  readonly pinnedPosition: number | null;
}

/** A run that the engine still works on, or would if it were not paused. */
export function isUnderWay(status: RunStatus): boolean {
  return status === "running" || status === "paused";
}

export const initialPageState: PageState = {
  choices: {},
  comparison: noComparison,
  promisedProofs: [],
  verdicts: [],
  wantedMoment: null,
  history: emptyHistory,
  notices: [],
  lanes: [],
  stageLane: 0,
  problem: null,
  origin: "recorded",
  stepCount: 0,
  isContinued: false,
  recordedRuns: [],
  recordedId: null,
  isRecordedRunLoading: true,
  runStatus: "none",
  loadedBytes: 0,
  totalBytes: null,
  engine: null,
  shownStep: 0,
  isFollowing: false,
  isPlaying: false,
  playDirection: 1,
  loopRange: null,
  visibleSteps: null,
  stepsPerSecond: 30,
  arrangement: initialArrangement,
  views: {},
  // Where the embedded model looks up the facts of its prompt: docs/analysis.md.
  focusLayer: 2,
  focusKvHead: 0,
  hover: null,
  pinnedPosition: null,
};
