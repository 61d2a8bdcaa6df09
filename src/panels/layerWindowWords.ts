// What panels say of layers whose queries see only the newest tokens: there the window decides what goes, no policy does.
import { decidedHeads, windowOfHead } from "../trace/layerWindows";
import type { TraceHeader } from "../trace/trace";

/** Why nothing is chosen in a head; null where a policy decides. */
export function windowReason(header: TraceHeader, head: number): string | null {
  const window = windowOfHead(header, head);
  return window === null
    ? null
    : `This layer sees only the newest ${window} tokens and keeps all of them: no policy decides here.`;
}

/** What “evicted” means where some layers have a window, for all heads (null) or one; null where no layer has one, or not this one's. */
export function windowNote(header: TraceHeader, head: number | null): string | null {
  if (head !== null) {
    const reason = windowReason(header, head);
    return reason && `${reason} A token marked as evicted has slid out of that window.`;
  }
  const decided = decidedHeads(header);
  return (
    decided && `In some layers tokens leave by sliding out of the layer’s window; the policy decides in ${decided}.`
  );
}
