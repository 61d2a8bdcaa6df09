// What a reader may choose about the lanes, and where it starts.
export interface LanesView {
  /** The lane that the one on the stage is compared with; null leaves it to the panel. */
  readonly otherLane: number | null;
  /** Tokens that one lane alone keeps: in the focused head, or counted over all. */
  readonly keptHeads: "focus" | "all";
}

/** The lane compared with the one on the stage: the wished one, else the first other that evicts, else the first other. */
export function otherLaneInForce(view: LanesView, stageLane: number, isEvicting: readonly boolean[]): number {
  const others = [...isEvicting.keys()].filter((lane) => lane !== stageLane);
  if (view.otherLane !== null && others.includes(view.otherLane)) return view.otherLane;
  return others.find((lane) => isEvicting[lane]) ?? others.at(0) ?? stageLane;
}
