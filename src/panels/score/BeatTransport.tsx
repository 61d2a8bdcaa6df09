// Plays the decision in four beats, forwards and backwards.
import { next, paused, playing, previous, type BeatClock } from "./beatClock";
import { beatTitles } from "./beats";
import type { BeatControls } from "./useBeatClock";

interface BeatTransportProps {
  readonly controls: BeatControls;
  /** The page rests on the step of the event. */
  readonly isAtEvent: boolean;
}

export function BeatTransport({ controls, isAtEvent }: BeatTransportProps) {
  const { clock, wind, start } = controls;
  if (clock === null) {
    return (
      <div className="beats" data-not-exported>
        <button type="button" className={isAtEvent ? "button-primary" : undefined} onClick={start}>
          ▸ Watch the decision
        </button>
      </div>
    );
  }
  return (
    <div className="beats" data-not-exported>
      <button type="button" onClick={() => wind(previous(clock))} disabled={isAtBeginning(clock)}>
        ◂ Back
      </button>
      <PlayPause clock={clock} wind={wind} />
      <button type="button" onClick={() => wind(next(clock))} disabled={isAtEnd(clock)}>
        Next ▸
      </button>
      <button type="button" onClick={() => wind(null)} title="Back to the whole picture (Esc)">
        Whole
      </button>
      <span className="beats-title" aria-live="polite">
        <strong>{clock.beat + 1} of 4</strong> {beatTitles[clock.beat]}
      </span>
    </div>
  );
}

function PlayPause({ clock, wind }: { readonly clock: BeatClock; readonly wind: BeatControls["wind"] }) {
  return clock.motion === "rest" ? (
    <button type="button" className="beats-play" onClick={() => wind(playing(clock))}>
      {isAtEnd(clock) ? "↻ Again" : "▸ Play"}
    </button>
  ) : (
    <button type="button" className="beats-play" onClick={() => wind(paused(clock))}>
      ❚❚ Pause
    </button>
  );
}

function isAtBeginning({ beat, progress }: BeatClock): boolean {
  return beat === 0 && progress === 0;
}

function isAtEnd({ beat, progress }: BeatClock): boolean {
  return beat === 3 && progress === 1;
}
