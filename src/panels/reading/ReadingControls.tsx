// Rank, scored coordinates and selected slots, as in the set-up. A change runs the problem again once the hand rests.
import { useEffect, useRef, useState } from "react";
import { settingRow, type Choices } from "../../settings/settings";
import { ranksOf } from "../../trace/reading";
import type { Trace } from "../../trace/trace";
import { SettingControl } from "../controls/SettingControl";

interface ReadingControlsProps {
  readonly trace: Trace;
  readonly onChoose: (change: Choices) => void;
}

const ids = ["readingRank", "readingScoreRank", "readingSlots"] as const;
type ControlId = (typeof ids)[number];
const RESTING_MS = 350;
/** Slots that the slider reaches; the field next to it takes more. */
const SLIDER_SLOTS = 128;

export function ReadingControls({ trace, onChoose }: ReadingControlsProps) {
  const { header } = trace;
  const [draft, setDraft] = useState<{ readonly of: object; readonly values: Partial<Record<ControlId, number>> }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // What was chosen for an earlier run is that run's.
  const values = draft?.of === header ? draft.values : {};
  const change = (id: ControlId, value: number): void => {
    const next = { ...values, [id]: value };
    setDraft({ of: header, values: next });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChoose(next), RESTING_MS);
  };
  const present = (id: ControlId): number => values[id] ?? Number(header.parameters[id]);
  const { model } = header;
  const ranks = ranksOf(
    { readingRank: present("readingRank"), readingScoreRank: present("readingScoreRank") },
    model.kvHeadCount * model.headDim,
  );
  const notes: Partial<Record<ControlId, string>> = {
    readingRank: `${ranks.rank} of ${model.kvHeadCount * model.headDim} coordinates`,
    readingScoreRank: `${ranks.scoreRank} of ${ranks.rank}`,
  };
  return (
    <div className="reading-controls" data-not-exported>
      {ids.map((id) => (
        <SettingControl
          key={id}
          row={settingRow(id)}
          value={present(id)}
          hasSlider
          {...(notes[id] !== undefined && { note: notes[id] })}
          {...(id === "readingSlots" && { sliderMax: Math.max(SLIDER_SLOTS, present(id)) })}
          onChange={(value) => change(id, Number(value))}
        />
      ))}
    </div>
  );
}
