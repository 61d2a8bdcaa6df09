// The lanes of a stream: one chip each, with its own numbers behind it, and those that can be added.
import { DropdownMenu, Popover } from "radix-ui";
import { counted } from "../../lib/counted";
import { SettingControl } from "../../panels/controls/SettingControl";
import { LaneMark } from "../../panels/lanes/LaneMark";
import { namesOfRecipes } from "../../panels/stream/streamShown";
import { streamPolicies } from "../../policy/streamChoices";
import { frameTokens } from "../../problems/stream/streamProblem";
import { MOST_LANES } from "../../settings/lanes";
import type { SettingRow } from "../../settings/settingRow";
import {
  countingRows,
  laneInForce,
  streamChoicesOf,
  streamLaneTable,
  type StreamLaneSettings,
} from "../../settings/streamSettings";
import type { StreamStore } from "../../state/streams/streamStore";
import { lanePresets } from "./streamPresets";

interface StreamLanesProps {
  readonly streams: StreamStore;
  readonly lanes: readonly Partial<StreamLaneSettings>[];
}

export function StreamLanes({ streams, lanes }: StreamLanesProps) {
  const { addLane } = streams.getState();
  const inForce = lanes.map(laneInForce);
  const names = namesOfRecipes(
    inForce.map((lane) => ({ policyId: lane.policyId, choices: streamChoicesOf(lane, frameTokens) })),
  );
  return (
    <div className="stream-lanes" role="group" aria-label="Lanes">
      {inForce.map((lane, at) => (
        <LaneChip key={at} streams={streams} at={at} lane={lane} name={names[at]} isAlone={lanes.length === 1} />
      ))}
      {lanes.length < MOST_LANES && (
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger className="stream-add">+ Lane</DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu stream-menu" align="start" sideOffset={4} collisionPadding={8}>
              {lanePresets.map(({ policyId, about }) => (
                <DropdownMenu.Item
                  key={policyId}
                  className="menu-item stream-menu-item"
                  onSelect={() => addLane({ ...sharedNumbers(lanes.at(-1)), policyId })}
                >
                  <strong>{streamPolicies[policyId].label}</strong>
                  <span>{about}</span>
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      )}
    </div>
  );
}

/** A lane that is added has the cap of the one before, so that both have the same slots. */
function sharedNumbers({ capFrames, keepShare, blockFrames }: Partial<StreamLaneSettings> = {}) {
  return {
    ...(capFrames !== undefined && { capFrames }),
    ...(keepShare !== undefined && { keepShare }),
    ...(blockFrames !== undefined && { blockFrames }),
  };
}

interface LaneChipProps {
  readonly streams: StreamStore;
  readonly at: number;
  readonly lane: StreamLaneSettings;
  /** Its policy, and what tells it from the other lanes. */
  readonly name: string;
  readonly isAlone: boolean;
}

function LaneChip({ streams, at, lane, name, isAlone }: LaneChipProps) {
  const { chooseInLane, removeLane } = streams.getState();
  // Where lanes differ in |M|, their names say it.
  const isCapTold = lane.policyId === "full" || name.includes("|M|");
  const cap = isCapTold ? "" : `, |M| ${counted(lane.capFrames, "frame")}`;
  const rows = ["policyId", ...countingRows[lane.policyId]] as readonly (keyof StreamLaneSettings)[];
  return (
    <span className="stream-lane-chip">
      <Popover.Root>
        <Popover.Trigger className="stream-lane-name" title={`Lane ${at + 1}: change its rule and numbers`}>
          <LaneMark lane={at} /> {name}
          {cap}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="stream-lane-card"
            align="start"
            sideOffset={6}
            collisionPadding={8}
            aria-label={`Lane ${at + 1}`}
          >
            {rows.map((id) => (
              <SettingControl
                key={id}
                row={streamLaneTable[id] as SettingRow}
                value={lane[id]}
                onChange={(value) => chooseInLane(at, id, value)}
              />
            ))}
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {!isAlone && (
        <button
          type="button"
          className="stream-lane-away"
          aria-label={`Remove lane ${at + 1}, ${name}`}
          onClick={() => removeLane(at)}
        >
          ✕
        </button>
      )}
    </span>
  );
}
