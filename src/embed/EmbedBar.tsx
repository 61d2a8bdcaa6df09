// The line above the panels of an embedded page: what is on screen and the way to the full page; in an interactive
// page also the few controls that a teacher left there.
import { VerdictMark } from "../panels/header/VerdictMark";
import type { Verdict } from "../panels/header/verdict";
import type { RunStatus, TraceOrigin } from "../state/shownRuns";
import { EmbedControls, type EmbedControlsProps } from "./EmbedControls";
import type { EmbedOptions } from "../state/embedQuery";

interface EmbedBarProps extends Omit<EmbedControlsProps, "hidden"> {
  readonly options: EmbedOptions;
  readonly origin: TraceOrigin;
  /** Policy and numbers of the run on screen; null before there is one. */
  readonly runText: string | null;
  readonly verdict: Verdict | null;
  /** The settings are not those of the run on screen. */
  readonly isChanged: boolean;
  /** Address of the full page with the same settings. */
  readonly address: string;
  readonly isPlaying: boolean;
  /** The timeline has a transport of its own. */
  readonly hasTimeline: boolean;
  readonly onPin: (position: number) => void;
  readonly onPlayPause: () => void;
}

export function EmbedBar(props: EmbedBarProps) {
  const { options, origin, runStatus, runText, verdict, isChanged, address, hasTimeline, onPin } = props;
  const { mode, hidden } = options;
  return (
    <header className="embed-bar">
      {mode === "interactive" && <EmbedControls {...props} hidden={hidden} />}
      {runText !== null && !hasTimeline && !hidden.includes("play") && (
        <button type="button" className="embed-play" onClick={props.onPlayPause}>
          {props.isPlaying ? "Pause playback" : "Play"}
        </button>
      )}
      <p className="embed-line">
        {runText !== null && (
          <>
            <span className={`run-state run-state-${origin === "live" ? runStatus : "recorded"}`}>
              {origin === "recorded" ? "Recorded" : stateWords[runStatus]}
            </span>
            <span className="run-parameters">{runText}</span>
          </>
        )}
        {isChanged && <strong className="run-changed">{changedText(props)}</strong>}
      </p>
      {verdict !== null && !hidden.includes("verdict") && (
        <div className="embed-verdict">
          <VerdictMark verdict={verdict} onPin={onPin} />
        </div>
      )}
      {!hidden.includes("open") && (
        <a className="embed-open" href={address} target="_blank" rel="noopener">
          Open in Winnow <span aria-hidden="true">↗</span>
        </a>
      )}
    </header>
  );
}

const stateWords: Readonly<Record<RunStatus, string>> = {
  none: "Live",
  loading: "Loading…",
  running: "Running",
  paused: "Paused",
  ended: "Live, ended",
  failed: "Failed",
};

/** How the run of the settings can be seen, which is not the one on screen. */
function changedText({ options, runStatus }: EmbedBarProps): string {
  if (options.mode === "interactive" && !options.hidden.includes("run")) {
    return runStatus === "loading" ? "" : "Settings changed: press Run.";
  }
  return options.hidden.includes("open")
    ? "Not a run of this link's settings."
    : "Not a run of this link's settings: open it in Winnow and press Run.";
}
