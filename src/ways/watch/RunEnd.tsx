// What became of a run that has ended: one sentence, why it went wrong, and where to go next.
import type { WayProps } from "../wayProps";

export function RunEnd({ shown }: WayProps) {
  return shown === null ? null : <></>;
}
