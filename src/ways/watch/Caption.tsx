// What happens at this step, in plain words (captions.ts).
import type { WayProps } from "../wayProps";

export function Caption({ shown }: WayProps) {
  return shown === null ? null : <></>;
}
