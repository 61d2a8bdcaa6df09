// The transport: play both ways, single steps, event to event, the ends, the pace, and the zoom of the time axis.

import type { PlayDirection } from "../../state/clock";
import { ToolChoice } from "../../ui/ToolChoice";
import type { CommandId } from "../palette/commandTable";
import { commandEntry, commandTip } from "../palette/commandTable";

export interface TransportProps {
  readonly step: number;
  readonly stepCount: number;
  readonly isPlaying: boolean;
  readonly playDirection: PlayDirection;
  /** Pace of playing and of a live run; Infinity = as fast as the engine goes. */
  readonly stepsPerSecond: number;
  /** Shown while a live run goes on elsewhere. */
  readonly isBehindLive: boolean;
  readonly onMove: (step: number) => void;
  readonly onEvent: (direction: -1 | 1) => void;
  readonly onPlayPause: () => void;
  readonly onReversePause: () => void;
  readonly onSpeed: (stepsPerSecond: number) => void;
  readonly onBackToLive: () => void;
}

interface ZoomProps {
  readonly isZoomed: boolean;
  /** Above 1 shows fewer steps; null shows the whole run. */
  readonly onZoom: (factor: number | null) => void;
}

export function Transport(props: TransportProps & ZoomProps) {
  const { step, stepCount, isPlaying, playDirection, onMove, onEvent, isZoomed, onZoom } = props;
  const last = stepCount - 1;
  return (
    <div className="transport">
      {props.isBehindLive && (
        <button type="button" className="button-live" onClick={props.onBackToLive}>
          Back to live
        </button>
      )}
      <div className="transport-buttons" role="group" aria-label="Playback">
        <IconButton command="first" path={icons.first} onClick={() => onMove(0)} />
        <IconButton command="previousEvent" path={icons.previousEvent} onClick={() => onEvent(-1)} />
        <IconButton command="back" path={icons.back} onClick={() => onMove(Math.max(0, step - 1))} />
        <IconButton
          command="reversePause"
          label="Play backwards"
          isPressed={isPlaying && playDirection === -1}
          path={icons.reverse}
          onClick={props.onReversePause}
        />
        <IconButton
          command="playPause"
          label={isPlaying ? "Pause playback" : "Play"}
          path={isPlaying ? icons.pause : icons.play}
          onClick={props.onPlayPause}
        />
        <IconButton command="forward" path={icons.forward} onClick={() => onMove(Math.min(last, step + 1))} />
        <IconButton command="nextEvent" path={icons.nextEvent} onClick={() => onEvent(1)} />
        <IconButton command="last" path={icons.last} onClick={() => onMove(last)} />
      </div>
      <div className="transport-buttons" role="group" aria-label="Zoom of the time axis">
        <IconButton command="zoomOut" path={icons.minus} isDisabled={!isZoomed} onClick={() => onZoom(0.5)} />
        <IconButton command="zoomIn" path={icons.plus} onClick={() => onZoom(2)} />
        <IconButton command="wholeRun" path={icons.whole} isDisabled={!isZoomed} onClick={() => onZoom(null)} />
      </div>
      <ToolChoice
        label="Pace"
        isLabelHidden
        value={props.stepsPerSecond}
        options={speedChoices.map((speed) => [speed, speedLabel(speed)])}
        onChange={props.onSpeed}
      />
      <span className="transport-step" data-step={step}>
        step <strong>{step}</strong> / {last}
      </span>
    </div>
  );
}

// Drawn on a 16 × 16 grid.
const icons = {
  first: "M3,3h2v10h-2zM13,3v10l-7,-5z",
  previousEvent: "M8,3v10l-6,-5zM14,3v10l-6,-5z",
  back: "M10.4,2.6l1.6,1.6l-4.2,3.8l4.2,3.8l-1.6,1.6l-6,-5.4z",
  reverse: "M12,2.5v11l-9,-5.5z",
  play: "M4,2.5v11l9,-5.5z",
  pause: "M4,3h3v10h-3zM9,3h3v10h-3z",
  forward: "M5.6,2.6l-1.6,1.6l4.2,3.8l-4.2,3.8l1.6,1.6l6,-5.4z",
  nextEvent: "M2,3v10l6,-5zM8,3v10l6,-5z",
  last: "M11,3h2v10h-2zM3,3v10l7,-5z",
  minus: "M3,7h10v2h-10z",
  plus: "M3,7h4v-4h2v4h4v2h-4v4h-2v-4h-4z",
  whole: "M1,8l4,-4v3h6v-3l4,4l-4,4v-3h-6v3z",
} as const;

interface IconButtonProps {
  readonly command: CommandId;
  /** Where the button says more than the command's own label. */
  readonly label?: string;
  readonly path: string;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
}

function IconButton({ command, label, path, isPressed, isDisabled = false, onClick }: IconButtonProps) {
  const name = label ?? commandEntry(command).label;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={name}
      aria-pressed={isPressed}
      title={commandTip(command, name)}
      disabled={isDisabled}
      onClick={onClick}
    >
      <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}

export const speedChoices = [4, 12, 30, 60, 120, Infinity] as const;

export function speedLabel(stepsPerSecond: number): string {
  return stepsPerSecond === Infinity ? "full speed" : `${stepsPerSecond} steps/s`;
}
