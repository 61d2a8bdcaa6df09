// The picture of Watch: the text, the memory, and the decision in one head.
import type { WayProps } from "../wayProps";

export function WatchStage({ shown }: WayProps) {
  return shown === null ? null : <></>;
}
