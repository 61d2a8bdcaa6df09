// Full screen for a lecture: a deck of moments, one after another.
import type { WayProps } from "../wayProps";

export function PresentPage({ shown }: WayProps) {
  return <p className="page-waiting">{shown === null ? "Loading the recorded run…" : ""}</p>;
}
