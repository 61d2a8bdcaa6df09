// Play, the time line with its events, and the step on show.
import type { WayProps } from "../wayProps";

export function WatchClock({ shown }: WayProps) {
  return shown === null ? null : <></>;
}
