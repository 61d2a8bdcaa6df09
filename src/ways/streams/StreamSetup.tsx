// What is watched and how: the stream, its questions, its lanes, the pace; and the buttons of a live stream.
import { useState } from "react";
import { DropdownMenu } from "radix-ui";
import { useStore } from "zustand";
import { bytesInWords } from "../../hub/bytesInWords";
import { NumberInput } from "../../panels/controls/NumberInput";
import { SettingControl } from "../../panels/controls/SettingControl";
import {
  defaultKnobs,
  frameTokens,
  parseStreamId,
  streamId,
  systemWords,
  type StreamKnobs,
} from "../../problems/stream/streamProblem";
import type { SettingRow } from "../../settings/settingRow";
import { laneInForce, sharedInForce, streamTable, type StreamChosen } from "../../settings/streamSettings";
import type { StreamStore } from "../../state/streams/streamStore";
import { isUnderWay } from "../../state/shownRuns";
import { ToolChoice } from "../../ui/ToolChoice";
import { PHONE, useMedia } from "../../ui/useMedia";
import { StreamLanes } from "./StreamLanes";
import { streamPresets } from "./streamPresets";

interface StreamSetupProps {
  readonly streams: StreamStore;
  /** What is chosen is not what is on screen. */
  readonly isChanged: boolean;
}

const lengths = [16, 32, 64, 128, 256, 512, 1000] as const;
const paces = [
  [1, "1 frame a second"],
  [4, "4 frames a second"],
  [15, "15 frames a second"],
  [Infinity, "as fast as it can"],
] as const;

export function StreamSetup({ streams, isChanged }: StreamSetupProps) {
  const chosen = useStore(streams, (state) => state.chosen);
  const framesPerSecond = useStore(streams, (state) => state.framesPerSecond);
  const isPhone = useMedia(PHONE);
  const [isOpen, setOpen] = useState(false);
  const { chooseAll, run, setPace } = streams.getState();
  return (
    <section className="stream-setup" aria-label="Set-up">
      <div className="stream-setup-line">
        <LiveButtons streams={streams} isChanged={isChanged} />
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger>Examples</DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu stream-menu" align="start" sideOffset={4} collisionPadding={8}>
              {streamPresets.map(({ id, title, about, chosen: preset }) => (
                <DropdownMenu.Item
                  key={id}
                  className="menu-item stream-menu-item"
                  onSelect={() => {
                    chooseAll(preset);
                    run("run");
                  }}
                >
                  <strong>{title}</strong>
                  <span>{about}</span>
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
        <ToolChoice label="Pace" value={framesPerSecond} options={paces} onChange={setPace} />
        {isPhone && (
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Set-up
          </button>
        )}
        <EngineLine streams={streams} />
      </div>
      {(!isPhone || isOpen) && (
        <>
          <StreamChoice streams={streams} />
          <StreamLanes streams={streams} lanes={chosen.lanes} />
          <p className="stream-note">
            No head may hold more than |M| frames: before it would, its cache is compressed to |C|, and the lane’s rule
            decides which patches stay. TaR keeps what has changed since, VaN what has a large value.
          </p>
          <FullCacheNote chosen={chosen} />
        </>
      )}
    </section>
  );
}

/** From so many frames on, a cache that keeps everything takes minutes on a CPU. */
const LONG_FRAMES = 256;

function FullCacheNote({ chosen: { shared, lanes } }: { readonly chosen: StreamChosen }) {
  const frames = parseStreamId(sharedInForce(shared).stream)?.knobs.frames ?? 0;
  if (frames < LONG_FRAMES || !lanes.some((lane) => laneInForce(lane).policyId === "full")) return null;
  const slots = systemWords.length + frames * frameTokens;
  return (
    <p className="stream-note">
      The full cache will hold {slots.toLocaleString("en")} slots, and each frame takes longer than the one before.
    </p>
  );
}

/** The status decides which there are. */
function LiveButtons({ streams, isChanged }: StreamSetupProps) {
  const status = useStore(streams, (state) => state.status);
  const { run, pause, resume, stepBlock, finish, stop } = streams.getState();
  const isLive = isUnderWay(status);
  return (
    <div className="run-buttons" role="group" aria-label="Live stream">
      {status === "running" && (
        <button type="button" className="button-primary" onClick={pause}>
          Pause
        </button>
      )}
      {status === "paused" && (
        <button type="button" className="button-primary" onClick={resume}>
          Resume
        </button>
      )}
      {!isLive && (
        <button type="button" className="button-primary" disabled={status === "loading"} onClick={() => run("run")}>
          {status === "loading" ? "Loading…" : "Run"}
        </button>
      )}
      <button
        type="button"
        title="The next block of frames"
        disabled={status === "loading" || status === "running"}
        onClick={stepBlock}
      >
        Step
      </button>
      {isLive && (
        <>
          <button type="button" title="To the end, as fast as it can" onClick={finish}>
            Finish
          </button>
          <button type="button" onClick={stop}>
            Stop
          </button>
        </>
      )}
      {status === "paused" && isChanged && (
        <button type="button" onClick={() => run("run")}>
          Run anew
        </button>
      )}
    </div>
  );
}

/** Where the streams on screen come from. */
function EngineLine({ streams }: Pick<StreamSetupProps, "streams">) {
  const origin = useStore(streams, (state) => state.origin);
  const status = useStore(streams, (state) => state.status);
  const lanes = useStore(streams, (state) => state.lanes);
  const loadedBytes = useStore(streams, (state) => state.loadedBytes);
  const isChecking = useStore(streams, (state) => state.isChecking);
  if (status === "loading" && lanes.length === 0) {
    const phase = isChecking ? "Checking the GPU against the CPU" : `Loading the model: ${bytesInWords(loadedBytes)}`;
    return <span className="stream-engine">{phase}</span>;
  }
  if (lanes.length === 0) return null;
  const { model, backend } = lanes[0].header;
  const where = backend.type === "cpu" ? "CPU" : "WebGPU";
  return (
    <span className="stream-engine">
      {model.label}, {origin === "live" ? `watched in this tab on the ${where}` : `recorded on the ${where}`}
    </span>
  );
}

/** The stream by its parts, and its questions. */
function StreamChoice({ streams }: Pick<StreamSetupProps, "streams">) {
  const shared = useStore(streams, (state) => state.chosen.shared);
  const { stream, ...settings } = sharedInForce(shared);
  const { choose } = streams.getState();
  const { knobs, seed } = parseStreamId(stream) ?? { knobs: defaultKnobs, seed: 1 };
  const set = (change: Partial<StreamKnobs>, next = seed): void =>
    choose("stream", streamId({ ...knobs, ...change }, next));
  const frameOptions = [...new Set([...lengths, knobs.frames])].sort((left, right) => left - right);
  return (
    <div className="stream-setup-line">
      <ToolChoice
        label="Stream of"
        value={knobs.frames}
        options={frameOptions.map((frames) => [frames, `${frames} frames`] as const)}
        onChange={(frames) => set({ frames })}
      />
      <ToolChoice
        label="Camera"
        value={knobs.camera}
        options={[
          ["some", "pans in half of them"],
          ["pans", "pans"],
          ["still", "stands still"],
        ]}
        onChange={(camera) => set({ camera })}
      />
      <ToolChoice
        label="Televisions"
        value={knobs.televisions}
        options={Array.from({ length: 9 }, (_, count) => [count, String(count)] as const)}
        onChange={(televisions) => set({ televisions })}
      />
      <label className="tool">
        Number
        <NumberInput
          id="stream-seed"
          label="Number of the stream"
          limits={{ min: 0, max: 999_999, step: 1, default: 1 }}
          value={seed}
          onChange={(next) => set({}, next)}
        />
      </label>
      <button type="button" title="The next number" onClick={() => set({}, seed + 1)}>
        Another
      </button>
      {(["questionCount", "moments", "backend"] as const).map((id) => (
        <SettingControl
          key={id}
          row={streamTable[id] as SettingRow}
          value={settings[id]}
          onChange={(value) => choose(id, value)}
        />
      ))}
    </div>
  );
}
