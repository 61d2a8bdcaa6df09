// The transport buttons: play, single steps, event to event, the ends, and the pace.

export interface TransportProps {
  readonly step: number;
  readonly stepCount: number;
  readonly isPlaying: boolean;
  /** Pace of playing and of a live run; Infinity = as fast as the engine goes. */
  readonly stepsPerSecond: number;
  /** Shown while a live run goes on elsewhere. */
  readonly isBehindLive: boolean;
  readonly onMove: (step: number) => void;
  readonly onEvent: (direction: -1 | 1) => void;
  readonly onPlayPause: () => void;
  readonly onSpeed: (stepsPerSecond: number) => void;
  readonly onBackToLive: () => void;
}

const speedChoices = [4, 12, 30, 60, 120, Infinity] as const;

export function Transport(props: TransportProps) {
  const { step, stepCount, isPlaying, onMove, onEvent } = props;
  const last = stepCount - 1;
  return (
    <div className="transport">
      {props.isBehindLive && (
        <button type="button" className="button-live" onClick={props.onBackToLive}>
          Back to live
        </button>
      )}
      <div className="transport-buttons" role="group" aria-label="Playback">
        <IconButton label="First step" keys="Home" path={icons.first} onClick={() => onMove(0)} />
        <IconButton label="Previous event" keys="Shift ←" path={icons.previousEvent} onClick={() => onEvent(-1)} />
        <IconButton label="One step back" keys="←" path={icons.back} onClick={() => onMove(Math.max(0, step - 1))} />
        <IconButton
          label={isPlaying ? "Pause playback" : "Play"}
          keys="Space"
          path={isPlaying ? icons.pause : icons.play}
          onClick={props.onPlayPause}
        />
        <IconButton
          label="One step on"
          keys="→"
          path={icons.forward}
          onClick={() => onMove(Math.min(last, step + 1))}
        />
        <IconButton label="Next event" keys="Shift →" path={icons.nextEvent} onClick={() => onEvent(1)} />
        <IconButton label="Last step" keys="End" path={icons.last} onClick={() => onMove(last)} />
      </div>
      <label className="tool">
        <span className="visually-hidden">Pace</span>
        <select value={props.stepsPerSecond} onChange={(event) => props.onSpeed(Number(event.target.value))}>
          {speedChoices.map((speed) => (
            <option key={speed} value={speed}>
              {speed === Infinity ? "full speed" : `${speed} steps/s`}
            </option>
          ))}
        </select>
      </label>
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
  back: "M11,3v10l-7,-5z",
  play: "M4,2.5v11l9,-5.5z",
  pause: "M4,3h3v10h-3zM9,3h3v10h-3z",
  forward: "M5,3v10l7,-5z",
  nextEvent: "M2,3v10l6,-5zM8,3v10l6,-5z",
  last: "M11,3h2v10h-2zM3,3v10l7,-5z",
} as const;

interface IconButtonProps {
  readonly label: string;
  readonly keys: string;
  readonly path: string;
  readonly onClick: () => void;
}

function IconButton({ label, keys, path, onClick }: IconButtonProps) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={`${label} (${keys})`} onClick={onClick}>
      <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
    </button>
  );
}
