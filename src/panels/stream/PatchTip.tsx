// What became of the patch under the pointer, or of the one that the keyboard is at: a mark for each head, and a sentence.
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { HeadGrid } from "../TokenTip";
import { patchFacts, patchSentence, patchTitle, type PatchAt } from "./patchFacts";
import { PatchIcon } from "./PatchIcon";

interface PatchNoteProps {
  readonly trace: StreamTrace;
  readonly seen: number;
  readonly patch: PatchAt;
  readonly head: number | null;
}

/** Among the page's own text. */
export function PatchNote({ trace, seen, patch, head }: PatchNoteProps) {
  const facts = patchFacts(trace, seen, patch);
  return (
    <>
      <div className="patch-note-head">
        <PatchIcon name={facts.name} size={18} />
        <strong>{patchTitle(facts)}</strong>
      </div>
      <div className="patch-note-body">
        <HeadGrid
          model={trace.header.model}
          evictedSteps={facts.fates.map((fate) => (fate.type === "held" ? Infinity : fate.after))}
          carriers={facts.fates.map(() => -1)}
          isWritten
        />
        <span>{patchSentence(facts, head)}</span>
      </div>
    </>
  );
}

export interface PatchTipAt {
  readonly patch: PatchAt;
  /** The pointer, in CSS pixels of the view. */
  readonly x: number;
  readonly y: number;
}

const WIDTH = 268;
const HEIGHT = 130;

/** Beside the pointer. Hidden from screen readers: whoever uses the keyboard has the note. */
export function PatchTip({ at, ...note }: { readonly at: PatchTipAt } & Omit<PatchNoteProps, "patch">) {
  const left = Math.max(8, Math.min(at.x + 14, window.innerWidth - WIDTH - 8));
  const isBelow = at.y + HEIGHT + 24 < window.innerHeight;
  const top = isBelow ? at.y + 18 : Math.max(8, at.y - HEIGHT - 10);
  return (
    <div className="token-tip" style={{ left, top, width: WIDTH }} aria-hidden="true">
      <PatchNote {...note} patch={at.patch} />
    </div>
  );
}
