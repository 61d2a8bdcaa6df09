// What a reader chooses about the score panel: what the bars measure and how they are ordered.
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { BarMeasure } from "./barHeights";
import type { Beat } from "./beatClock";
import type { ScoreOrder } from "./layout";

export interface ScoreView {
  readonly order: ScoreOrder;
  /** What the bars measure, or how S and R are spread. */
  readonly measure: BarMeasure | "spread";
  /** The beat that is shown, null for the whole picture. */
  readonly beat: Beat | null;
}

interface ScoreChoicesProps {
  readonly view: ScoreView;
  readonly onView: (view: ScoreView) => void;
}

const measures: Readonly<Record<ScoreView["measure"], string>> = {
  parts: "parts of Z",
  margin: "to the cut-off",
  raw: "S before normalising",
  spread: "spread of S and R",
};

const orders: Readonly<Record<ScoreOrder, string>> = { position: "slot", rank: "rank" };

export function ScoreChoices({ view, onView }: ScoreChoicesProps) {
  return (
    <>
      <ToolChoice
        label="show"
        value={view.measure}
        options={toolOptions(measures)}
        onChange={(measure) => onView({ ...view, beat: null, measure })}
      />
      {view.measure !== "spread" && (
        <ToolChoice
          label="order"
          value={view.beat === null ? view.order : "position"}
          options={toolOptions(orders)}
          isDisabled={view.beat !== null}
          onChange={(order) => onView({ ...view, order })}
        />
      )}
    </>
  );
}
