// One screen that tells the story of a run: what the model was told, what it thinks, and what its memory lets go.
import type { WayProps } from "../wayProps";

export function WatchPage({ shown }: WayProps) {
  return <p className="page-waiting">{shown === null ? "Loading the recorded run…" : ""}</p>;
}
