// What an embedded page says to the page that embeds it: answers to commands, and the events that follow its state.
import { meanLength } from "../cache/headRows";
import { laneOnStage, laneStep } from "../state/laneRun";
import type { PageState, RunStatus, TraceOrigin } from "../state/pageState";
import type { EmbedOptions } from "../state/embedQuery";
import type { CommandType, EventTopic, MessageId } from "./embedMessages";

export interface StepEvent {
  readonly type: "step";
  readonly step: number;
  readonly stepCount: number;
  /** Position in the sequence, id and text of the token generated at the step; null before there is a run. */
  readonly token: { readonly position: number; readonly token: number; readonly text: string } | null;
  /** Slots that the step's query saw, per layer and KV head. */
  readonly lengthSlots: number | null;
}

export interface SelectionEvent {
  readonly type: "selection";
  readonly layer: number;
  readonly kvHead: number;
  readonly pinned: { readonly position: number; readonly text: string } | null;
}

export interface StatusEvent {
  readonly type: "status";
  readonly origin: TraceOrigin;
  readonly runStatus: RunStatus;
  readonly isPlaying: boolean;
  readonly isLoading: boolean;
  /** Model, policy and its numbers of the run on screen; null before there is one. */
  readonly run: {
    readonly model: string;
    readonly policy: string;
    readonly parameters: Readonly<Record<string, number | string | boolean>>;
    readonly promptCount: number;
    readonly isRecorded: boolean;
    readonly recordedId: string | null;
  } | null;
}

export type TopicEvent = StepEvent | SelectionEvent | StatusEvent;

/** What the page can do for its host. */
export interface Capabilities {
  readonly commands: readonly CommandType[];
  readonly topics: readonly EventTopic[];
  readonly mode: EmbedOptions["mode"];
  readonly panels: readonly string[];
}

export interface EmbedState {
  readonly step: StepEvent;
  readonly selection: SelectionEvent;
  readonly status: StatusEvent;
}

export type EmbedMessage =
  | {
      readonly type: "ready";
      readonly version: number;
      readonly capabilities: Capabilities;
      readonly state: EmbedState;
    }
  | { readonly type: "unsupported"; readonly versions: readonly number[] }
  | { readonly type: "done"; readonly command: CommandType; readonly problems?: readonly string[] }
  | { readonly type: "failed"; readonly command: string; readonly message: string }
  | { readonly type: "height"; readonly height: number }
  | TopicEvent;

/** As it is posted. */
export type PostedMessage = EmbedMessage & { readonly winnow: number; readonly id?: MessageId };

export function embedState(state: PageState): EmbedState {
  return { step: stepEvent(state), selection: selectionEvent(state), status: statusEvent(state) };
}

function stepEvent(state: PageState): StepEvent {
  const lane = laneOnStage(state);
  const step = lane === null ? 0 : Math.max(0, laneStep(lane, state.shownStep));
  const record = lane?.trace.steps.at(step);
  const promptCount = lane?.trace.header.promptTokens.length ?? 0;
  return {
    type: "step",
    step: state.shownStep,
    stepCount: state.stepCount,
    token: record === undefined ? null : { position: promptCount + step, token: record.token, text: record.text },
    lengthSlots: record === undefined ? null : meanLength(record.lengths),
  };
}

function selectionEvent(state: PageState): SelectionEvent {
  const { focusLayer: layer, focusKvHead: kvHead, pinnedPosition: position } = state;
  const text = position === null ? undefined : tokenText(state, position);
  return {
    type: "selection",
    layer,
    kvHead,
    pinned: position === null || text === undefined ? null : { position, text },
  };
}

function tokenText(state: PageState, position: number): string | undefined {
  const lane = laneOnStage(state);
  if (lane === null) return undefined;
  const { promptTexts } = lane.trace.header;
  return position < promptTexts.length
    ? promptTexts[position]
    : lane.trace.steps.at(position - promptTexts.length)?.text;
}

function statusEvent(state: PageState): StatusEvent {
  const { origin, runStatus, isPlaying, isRecordedRunLoading, recordedId } = state;
  const header = laneOnStage(state)?.trace.header;
  return {
    type: "status",
    origin,
    runStatus,
    isPlaying,
    isLoading: isRecordedRunLoading || runStatus === "loading",
    run:
      header === undefined
        ? null
        : {
            model: header.model.id,
            policy: header.policyId,
            parameters: header.parameters,
            promptCount: header.promptTokens.length,
            isRecorded: origin === "recorded",
            recordedId: origin === "recorded" ? recordedId : null,
          },
  };
}
