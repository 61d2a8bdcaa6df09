// What the bars measure and how they are ordered.
import type { ScoreMeasure, ScoreOrder, ScoreView } from "./view";

interface ScoreChoicesProps {
  readonly view: ScoreView;
  readonly onView: (view: ScoreView) => void;
}

const measures: Readonly<Record<ScoreMeasure, string>> = {
  parts: "parts of Z",
  margin: "to the cut-off",
  raw: "S before normalising",
  spread: "spread of S and R",
};

export function ScoreChoices({ view, onView }: ScoreChoicesProps) {
  return (
    <>
      <label className="tool">
        <span>show</span>
        <select
          value={view.measure}
          onChange={(event) => onView({ ...view, beat: null, measure: event.target.value as ScoreMeasure })}
        >
          {Object.entries(measures).map(([measure, label]) => (
            <option key={measure} value={measure}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {view.measure !== "spread" && (
        <label className="tool">
          <span>order</span>
          <select
            value={view.beat === null ? view.order : "position"}
            disabled={view.beat !== null}
            onChange={(event) => onView({ ...view, order: event.target.value as ScoreOrder })}
          >
            <option value="position">slot</option>
            <option value="rank">rank</option>
          </select>
        </label>
      )}
    </>
  );
}
