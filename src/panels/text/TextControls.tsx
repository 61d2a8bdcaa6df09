// What the text shows: whose cache, what the fill tells, and whether white space is drawn.
import type { TextView } from "./layout";

interface TextControlsProps {
  readonly view: TextView;
  /** Regret was measured beside the run. */
  readonly hasRegret: boolean;
  readonly onView: (view: TextView) => void;
}

export function TextControls({ view, hasRegret, onView }: TextControlsProps) {
  return (
    <>
      <label className="tool">
        <span>heads</span>
        <select
          value={view.heads}
          onChange={(event) => onView({ ...view, heads: event.target.value as TextView["heads"] })}
        >
          <option value="all">all</option>
          <option value="focus">focused</option>
        </select>
      </label>
      {hasRegret && (
        <label className="tool">
          <span>fill</span>
          <select
            value={view.fill}
            onChange={(event) => onView({ ...view, fill: event.target.value as TextView["fill"] })}
          >
            <option value="held">held</option>
            <option value="regret">regret</option>
          </select>
        </label>
      )}
      <button
        type="button"
        className="tool-toggle"
        aria-pressed={view.hasWhitespace}
        aria-label="Show white space"
        title="Show white space"
        onClick={() => onView({ ...view, hasWhitespace: !view.hasWhitespace })}
      >
        ␣
      </button>
    </>
  );
}
