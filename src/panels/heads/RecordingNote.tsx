// Says where a run of many heads did not record the attention of the focused one, and offers to go on recording it.
import { headCountOf } from "../../cache/headRows";
import { latestOf } from "../../trace/latest";
import { isAttentionRecorded, watchedHeadCount } from "../../trace/recorded";
import type { Trace } from "../../trace/trace";
import type { PanelPage } from "../definePanel";
import { focusHead, focusLabel, type Focus } from "../focus";
import "./heads.css";

type RecordingNoteProps = Pick<PanelPage, "trace" | "step" | "focus" | "isEnded" | "keptHeads" | "onKeepHead">;

/** Nothing where every head is recorded, or none. */
export function RecordingNote({ trace, step, focus, isEnded, keptHeads, onKeepHead }: RecordingNoteProps) {
  const recordedCount = watchedHeadCount(trace, step);
  if (recordedCount === null) return null;
  const isKept = keepsRecording(keptHeads, focus);
  return (
    <p className="recording-note" role="note">
      {recordedSentence(trace, step, focus)} The run records {recordedCount} of {headCountOf(trace.header.model)} heads:
      those in focus, those you keep, and others spread over the layers.{" "}
      {isEnded ? (
        "To have all of them, set “Heads recorded” to all heads and run again."
      ) : (
        <button type="button" aria-pressed={isKept} onClick={() => onKeepHead(focus)}>
          {isKept ? "Kept: record it no matter what is in focus" : "Keep recording this head"}
        </button>
      )}
    </p>
  );
}

/** Whether the focused head is one of those that are recorded whatever is in focus. */
export function keepsRecording(keptHeads: PanelPage["keptHeads"], focus: Focus): boolean {
  return keptHeads.some(({ layer, kvHead }) => layer === focus.layer && kvHead === focus.kvHead);
}

/** "Attention of layer 2, KV head 0 is recorded at 12 of 240 steps, not at this one." */
function recordedSentence(trace: Trace, step: number, focus: Focus): string {
  const head = focusHead(trace.header.model, focus);
  const { stepCount } = latestOf(trace, ["recordedSteps", head, trace.steps.length], () => ({
    stepCount: trace.steps.filter((record) => isAttentionRecorded(record, head)).length,
  }));
  const name = focusLabel(focus);
  if (stepCount === 0) return `Attention of ${name} is not recorded.`;
  const isHere = isAttentionRecorded(trace.steps[step], head);
  if (stepCount === trace.steps.length) return `Attention of ${name} is recorded at every step.`;
  return `Attention of ${name} is recorded at ${stepCount} of ${trace.steps.length} steps, ${isHere ? "also" : "not"} at this one.`;
}
