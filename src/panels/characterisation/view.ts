// What a reader may choose in the quantisation characterisation.
import { flag, oneOf, viewRules } from "../viewRules";
import { figureColumns, type FigureId } from "./columns";

export interface CharacterisationView {
  /** Rows are in the order of this figure; null: in their own. */
  readonly sort: FigureId | null;
  readonly isDescending: boolean;
  /** Axes of the picture. */
  readonly x: FigureId;
  readonly y: FigureId;
  /** Warm runs of each row. */
  readonly repeats: (typeof repeatChoices)[number];
  /** Problems that each row solves. */
  readonly problems: (typeof problemChoices)[number];
}

export const repeatChoices = [1, 3, 5, 9] as const;
export const problemChoices = [0, 4, 8, 16, 32] as const;

const figureIds = figureColumns.map(({ id }) => id);

export const characterisationRules = viewRules<CharacterisationView>(
  { sort: null, isDescending: false, x: "moved", y: "perplexity", repeats: 3, problems: 8 },
  {
    sort: oneOf(...figureIds),
    isDescending: flag,
    x: oneOf(...figureIds),
    y: oneOf(...figureIds),
    repeats: oneOf(...repeatChoices),
    problems: oneOf(...problemChoices),
  },
);
