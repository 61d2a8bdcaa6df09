// Where it breaks: right or wrong for each rule and budget, computed in the background.
import type { WayProps } from "../wayProps";

export function BreakStrip({ shown }: WayProps) {
  return shown === null ? null : <></>;
}
