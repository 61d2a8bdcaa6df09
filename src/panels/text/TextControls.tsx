// What the text shows: whose cache, what the fill tells, and whether white space is drawn.
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { TextView } from "./layout";

const headsLabels: Readonly<Record<TextView["heads"], string>> = { all: "all", focus: "focused" };
const fillLabels: Readonly<Record<TextView["fill"], string>> = { held: "held", regret: "regret" };

interface TextControlsProps {
  readonly view: TextView;
  /** Regret was measured beside the run. */
  readonly hasRegret: boolean;
  readonly onView: (view: TextView) => void;
}

export function TextControls({ view, hasRegret, onView }: TextControlsProps) {
  return (
    <>
      <ToolChoice
        label="heads"
        value={view.heads}
        options={toolOptions(headsLabels)}
        onChange={(heads) => onView({ ...view, heads })}
      />
      {hasRegret && (
        <ToolChoice
          label="fill"
          value={view.fill}
          options={toolOptions(fillLabels)}
          onChange={(fill) => onView({ ...view, fill })}
        />
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
