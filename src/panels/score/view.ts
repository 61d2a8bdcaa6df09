// What a reader chooses about the score panel.

/** In which order the bars stand: that of the cache's slots, or best first. */
export type ScoreOrder = "position" | "rank";

/** The parts that make Z; how far Z is from the cut-off; S before normalising; how S and R are spread. */
export type ScoreMeasure = "parts" | "margin" | "raw" | "spread";

/** The decision in four beats: score, decay and join, cut, compact. */
export type Beat = 0 | 1 | 2 | 3;

export interface ScoreView {
  readonly order: ScoreOrder;
  readonly measure: ScoreMeasure;
  /** The beat that is shown, null for the whole picture. */
  readonly beat: Beat | null;
}
