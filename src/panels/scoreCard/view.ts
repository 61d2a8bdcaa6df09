// What a reader may choose on the score card.
import { flag, oneOf, viewRules } from "../viewRules";
import { cardFigures, type CardFigureId } from "./figures";

export interface ScoreCardView {
  readonly suites: "text" | "stream";
  readonly unit: "slots" | "bytes";
  /** Share of the cache. */
  readonly budget: number;
  /** Rows are in the order of this figure. */
  readonly sort: CardFigureId;
  readonly isReversed: boolean;
  /** Axes of the picture. */
  readonly x: CardFigureId;
  readonly y: CardFigureId;
  /** The row whose items are listed; empty: none. */
  readonly row: string;
}

const figureIds = cardFigures.map(({ id }) => id);

export const scoreCardRules = viewRules<ScoreCardView>(
  {
    ...{ suites: "text", unit: "slots", budget: 0.4, sort: "performance", isReversed: false },
    ...{ x: "speed", y: "performance", row: "" },
  },
  {
    suites: oneOf("text", "stream"),
    unit: oneOf("slots", "bytes"),
    budget: (value): value is number => typeof value === "number" && value > 0 && value <= 1,
    sort: oneOf(...figureIds),
    isReversed: flag,
    x: oneOf(...figureIds),
    y: oneOf(...figureIds),
    row: (value): value is string => typeof value === "string" && value.length <= 80,
  },
);
