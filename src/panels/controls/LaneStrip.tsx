// The lanes next to the run: one chip each, the controls of every comparison one click away, and which tokens all are fed.
import { useEffect, useId, useRef, useState } from "react";
import {
  MOST_LANES,
  type LaneComparison,
  type LaneChoices,
  withLaneChoice,
  withoutLaneChoice,
  type LaneId,
  areAtEqualBytes,
} from "../../settings/lanes";
import { policyOf } from "../../settings/inForce";
import { type Settings, settingRow } from "../../settings/settings";
import { ToolChoice } from "../../ui/ToolChoice";
import { LaneMark } from "../lanes/LaneMark";
import { checkpointLane, controlLanes, laneWords, policyIdOf, rowsOfLane } from "./laneWords";
import { writtenValue } from "../../settings/settingRow";
import type { ModelWords } from "../../settings/shippedModels";
import { ModelInputs } from "./ModelChoice";
import { SettingControl } from "./SettingControl";

interface LaneStripProps {
  readonly comparison: LaneComparison;
  /** Settings in force of every lane, the first included. [lane] */
  readonly lanes: readonly Settings[];
  readonly models: readonly ModelWords[];
  readonly onCompare: (comparison: LaneComparison) => void;
  /** Null where the lane on the stage has no fixed budget. */
  readonly onEqualBytes: (() => void) | null;
}

const feedings = [
  ["own", "its own words"],
  ["full", "the full cache’s words"],
] as const;

export function LaneStrip({ comparison, lanes, models, onCompare, onEqualBytes }: LaneStripProps) {
  const { others, isForced } = comparison;
  const [edited, setEdited] = useState<number | null>(null);
  const hasRoom = others.length < MOST_LANES - 1;
  const setOthers = (changed: readonly LaneChoices[]): void => onCompare({ ...comparison, others: changed });
  const add = (lane: LaneChoices): void => setOthers([...others, lane]);
  const remove = (place: number): void => {
    setEdited(null);
    setOthers(others.filter((_, other) => other !== place));
  };
  const change = (place: number, lane: LaneChoices): void => {
    setOthers(others.map((before, other) => (other === place ? lane : before)));
  };
  const open = edited !== null && edited < others.length ? edited : null;
  const note = stripNote(comparison, lanes);
  const onOtherCheckpoint = checkpointLane(lanes, models);

  return (
    <div className="lane-strip" role="group" aria-label="Lanes: policies side by side on one clock">
      <div className="controls-row">
        {others.map((lane, place) => (
          <LaneChip
            key={place}
            place={place}
            lane={lane}
            isOpen={place === open}
            onOpen={() => setEdited(place === open ? null : place)}
            onRemove={() => remove(place)}
          />
        ))}
        {controlLanes.map(({ lane, help }) => (
          <button
            key={lane.policyId}
            type="button"
            title={help}
            disabled={!hasRoom || others.some((other) => policyIdOf(other) === lane.policyId)}
            onClick={() => add(lane)}
          >
            + {laneWords(lane)}
          </button>
        ))}
        {onOtherCheckpoint !== null && (
          <button
            type="button"
            title="The same policy, prompt and budget on another checkpoint of the model"
            disabled={!hasRoom}
            onClick={() => add(onOtherCheckpoint)}
          >
            + {laneWords({ policyId: onOtherCheckpoint.policyId, model: onOtherCheckpoint.model })}
          </button>
        )}
        <button
          type="button"
          title="Add a lane with a policy, a model and numbers of its own"
          disabled={!hasRoom}
          onClick={() => {
            setEdited(others.length);
            add({ policyId: lanes[0].policyId === "snapKv" ? "gkv" : "snapKv" });
          }}
        >
          + Lane…
        </button>
        {others.length > 0 && (
          <ToolChoice
            label="Each lane continues with"
            value={isForced ? "full" : "own"}
            options={feedings}
            onChange={(fed) => onCompare({ ...comparison, isForced: fed === "full" })}
          />
        )}
        {others.length > 0 && !areAtEqualBytes(lanes) && (
          <button
            type="button"
            title="Every lane gets the bytes of the one on the stage, and as many slots as it stores in them"
            disabled={onEqualBytes === null}
            onClick={() => onEqualBytes?.()}
          >
            Compare at equal bytes
          </button>
        )}
        {note !== null && <span className="lane-strip-note">{note}</span>}
      </div>
      {open !== null && (
        <LaneEditor
          key={open}
          number={open + 2}
          lane={others[open]}
          settings={lanes[open + 1]}
          firstModel={lanes[0].model}
          models={models}
          onChange={(lane) => change(open, lane)}
        />
      )}
    </div>
  );
}

function stripNote({ others, isForced }: LaneComparison, lanes: readonly Settings[]): string | null {
  if (others.length === 0)
    return "Up to four policies or checkpoints side by side: same prompt, same budget, one clock.";
  const notes = [...(isForced ? [forcedNote(lanes)] : []), ...(areAtEqualBytes(lanes) ? [equalBytesNote(lanes)] : [])];
  return notes.length === 0 ? null : notes.join(" ");
}

function forcedNote([first, ...others]: readonly Settings[]): string {
  return others.some(({ model }) => model !== first.model)
    ? "Every lane reads the words of lane 1’s model with the full cache: only the eviction and the checkpoint differ."
    : "Every lane reads the full cache’s words: only the eviction differs.";
}

/** "Equal bytes, 228 KiB: lane 1 has 57 slots per KV head, lane 2 has 114." */
function equalBytesNote(lanes: readonly Settings[]): string {
  const evicting = lanes.flatMap((settings, lane) =>
    policyOf(settings.policyId).isEvicting ? [{ settings, lane }] : [],
  );
  const [{ settings }] = evicting;
  const slots = evicting.map(
    ({ settings: { budgetSlots }, lane }, place) =>
      `lane ${lane + 1} has ${budgetSlots}${place === 0 ? " slots per KV head" : ""}`,
  );
  return `Equal bytes, ${writtenValue(settingRow("budgetBytes"), settings.budgetBytes)}: ${slots.join(", ")}.`;
}

interface LaneChipProps {
  /** Among the lanes after the first. */
  readonly place: number;
  readonly lane: LaneChoices;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
}

function LaneChip({ place, lane, isOpen, onOpen, onRemove }: LaneChipProps) {
  const words = laneWords(lane);
  return (
    <span className="lane-chip">
      <button type="button" aria-expanded={isOpen} title="What this lane does differently" onClick={onOpen}>
        <LaneMark lane={place + 1} /> <b>{place + 2}</b> {words}
      </button>
      <button type="button" aria-label={`Remove lane ${place + 2}: ${words}`} onClick={onRemove}>
        ×
      </button>
    </span>
  );
}

interface LaneEditorProps {
  /** As a person counts lanes, from 1. */
  readonly number: number;
  readonly lane: LaneChoices;
  /** In force in this lane. */
  readonly settings: Settings;
  /** Of lane 1. */
  readonly firstModel: string;
  readonly models: readonly ModelWords[];
  readonly onChange: (lane: LaneChoices) => void;
}

/** It opens below the chips, where a low window ends: the set-up scrolls, the page does not. */
function showInRail(editor: HTMLElement | null): void {
  const rail = editor?.closest(".setup");
  if (editor === null || rail === null || rail === undefined) return;
  const [shown, whole] = [rail.getBoundingClientRect(), editor.getBoundingClientRect()];
  rail.scrollTop += Math.max(0, Math.min(whole.bottom - shown.bottom, whole.top - shown.top));
}

function LaneEditor({ number, lane, settings, firstModel, models, onChange }: LaneEditorProps) {
  const modelInput = useId();
  const { own, locked } = rowsOfLane(lane, settings);
  const editor = useRef<HTMLDivElement>(null);
  useEffect(() => showInRail(editor.current), []);
  const control = (id: LaneId) => (
    <SettingControl
      key={id}
      row={settingRow(id)}
      value={settings[id]}
      onChange={(value) => onChange(withLaneChoice(lane, id, value))}
    />
  );
  return (
    <div ref={editor} className="controls-groups lane-editor">
      <fieldset>
        <legend>Lane {number}</legend>
        {control("policyId")}
        {models.length > 1 && (
          <div className="setting setting-choice" title="The model that this lane runs. Lane 1’s is shared.">
            <label htmlFor={modelInput}>{settingRow("model").label}</label>
            <span className="setting-inputs">
              <ModelInputs
                id={modelInput}
                models={models}
                modelId={settings.model}
                onChoose={(id) =>
                  onChange(id === firstModel ? withoutLaneChoice(lane, "model") : withLaneChoice(lane, "model", id))
                }
              />
            </span>
          </div>
        )}
        {own.map(control)}
      </fieldset>
      {locked.length > 0 && (
        <fieldset>
          <legend>Shared with lane 1 unless unlocked</legend>
          {locked.map((id) => (
            <div key={id} className="lane-lock">
              <label>
                <input
                  type="checkbox"
                  checked={lane[id] !== undefined}
                  onChange={({ target }) =>
                    onChange(target.checked ? withLaneChoice(lane, id, settings[id]) : withoutLaneChoice(lane, id))
                  }
                />
                own {settingRow(id).label}
              </label>
              {lane[id] === undefined ? <span>{writtenValue(settingRow(id), settings[id])}</span> : control(id)}
            </div>
          ))}
        </fieldset>
      )}
    </div>
  );
}
