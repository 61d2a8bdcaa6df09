// What the Streams view holds: what is chosen, the streams on screen, one per lane, what is looked at in them, and the engine that
// watches. streamStore.ts writes the choices and the look, liveStream.ts and liveStreamTraces.ts the rest.
import type { EngineClient } from "../../engine/client";
import type { EngineEvent, ModelReference } from "../../engine/protocol";
import type { StreamChosen } from "../../settings/streamSettings";
import type { StreamVerdict } from "../../trace/stream/streamProof";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import type { LoadedEngine } from "../liveRun";
import type { Tell } from "../notices";
import type { RunStatus, TraceOrigin } from "../shownRuns";

export interface StreamsState {
  readonly chosen: StreamChosen;
  /** On screen; live ones are the same objects while they grow. [lane] */
  readonly lanes: readonly StreamTrace[];
  /** Counts up whenever they have grown. */
  readonly version: number;
  readonly status: RunStatus;
  readonly origin: TraceOrigin;
  /** Frames that the camera has shown, those of an open block included. */
  readonly arrived: number;
  /** A question is on its way to its answers. */
  readonly isAsking: boolean;
  readonly view: StreamLook;
  /** Frames a second while it plays live or again; Infinity: as fast as the engine can. */
  readonly framesPerSecond: number;
  /** The engine that is loaded; null before it was asked for. */
  readonly engine: LoadedEngine | null;
  /** The GPU has the model and is compared with the CPU. */
  readonly isChecking: boolean;
  readonly loadedBytes: number;
  readonly totalBytes: number | null;
  /** Of the link that the choices came from, as text. [lane] */
  readonly promisedProofs: readonly string[];
  /** Whether the streams agree with them, once they have ended by themselves; null for a lane without a proof. [lane] */
  readonly verdicts: readonly (StreamVerdict | null)[];
}

/** What is looked at. */
export interface StreamLook {
  /** Frames seen: the clock. */
  readonly seen: number;
  /** The clock follows the camera. */
  readonly isFollowing: boolean;
  /** A stream that is not live plays on. */
  readonly isPlaying: boolean;
  /** The frame in the picture; null: the newest seen. */
  readonly frame: number | null;
  /** [layer × KV heads + KV head]; null: all heads. */
  readonly head: number | null;
  readonly stageLane: number;
  /** The answer whose attention is shown, among those of its lane. */
  readonly look: { readonly lane: number; readonly answer: number } | null;
}

export interface LiveStreamActions {
  /** Loads the model before it is needed. Says nothing, even if that fails. */
  readonly prepare: () => void;
  /** Watches what is chosen; "step" sees one block and pauses, "atOnce" ignores the pace. */
  readonly run: (mode: StreamMode) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** One more block of the lane with the largest. */
  readonly stepBlock: () => void;
  /** Goes on to the end as fast as the engine can. */
  readonly finish: () => void;
  readonly stop: () => void;
  /** With its marks or without: what lay by the desk. Asks in every lane at the frame that the stream has come to; a recorded stream is watched again and asked at the moment on screen. */
  readonly ask: (question: string) => void;
  readonly setPace: (framesPerSecond: number) => void;
  /** Called for each frame of the page: so much time has passed. */
  readonly advanceClock: (elapsedMs: number) => void;
  /** For tests: loses the GPU device as a driver crash would. */
  readonly loseDevice: () => void;
}

export type StreamMode = "run" | "step" | "atOnce";

export interface StreamSurroundings {
  readonly model: ModelReference;
  /** The digest of its weights, where the page knows it. */
  readonly digest: string | null;
  /** Called when the engine is first asked for. */
  readonly createEngine: (onEvent: (event: EngineEvent) => void) => EngineClient;
  /** Runs a function before the next frame, at most one at a time. */
  readonly beforeNextFrame: (show: () => void) => void;
  readonly tell: Tell;
}
