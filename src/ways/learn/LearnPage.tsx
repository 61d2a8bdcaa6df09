// Lessons with tasks that the page checks.
import type { WayProps } from "../wayProps";

export function LearnPage({ shown }: WayProps) {
  return <p className="page-waiting">{shown === null ? "Loading the recorded run…" : ""}</p>;
}
