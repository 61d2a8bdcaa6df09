// What one chooses in the head roles panel.
import type { NeedleKind, NeedleTask } from "../../problems/needleTasks";
import { cellNames } from "../../trace/infScore";

export type NeedleChoice = NeedleKind | NeedleTask;

export const figureNames = ["infScore", "precision", "recall", ...cellNames] as const;
export type FigureName = (typeof figureNames)[number];

export interface RolesView {
  /** Trials of a kind, or of one task. */
  readonly needle: NeedleChoice;
  readonly figure: FigureName;
  /** The query head within the group of the KV head in focus. */
  readonly member: number;
}
