// What one chooses in the pitfalls panel.

export const sweepFigures = ["kept", "obeyed", "leaked", "margin"] as const;
export type SweepFigure = (typeof sweepFigures)[number];

export const sweepFigureLabels: Readonly<Record<SweepFigure, string>> = {
  kept: "keep rate",
  obeyed: "obeyed",
  leaked: "secret leaked",
  margin: "leak margin",
};

export interface PitfallsView {
  readonly figure: SweepFigure;
  /** A column of the sweep. */
  readonly policy: string;
  /** Where the secret stands. */
  readonly order: "first" | "last";
}
