// What a replayed link came to, as it stands on the page. What went well is only news and leaves by itself.
import { useEffect } from "react";
import type { ReplayVerdict } from "../../trace/proof/verdict";
import { NEWS_MS } from "../../ui/Notices";
import { replayReport, type ReplayPlace, type Replayed } from "./replayWords";

export interface ReplayReportProps {
  /** Null for a lane that the link does not vouch for. [lane] */
  readonly verdicts: readonly (ReplayVerdict | null)[];
  readonly onGoTo: (place: ReplayPlace) => void;
  readonly onDismiss: () => void;
}

/** Sign and word distinguish them, not colour alone. */
const signs: Readonly<Record<Replayed["tone"], string>> = { reproduced: "✓", near: "≈", differs: "≠", open: "?" };

export function ReplayReport({ verdicts, onGoTo, onDismiss }: ReplayReportProps) {
  const report = replayReport(verdicts);
  const isNews = report?.tone === "reproduced";
  useEffect(() => {
    if (!isNews) return;
    const timer = setTimeout(onDismiss, NEWS_MS);
    return () => clearTimeout(timer);
  }, [isNews, onDismiss]);
  if (report === null) return null;
  const { tone, headline, lines } = report;
  return (
    <section className={`replay replay-${tone}`} aria-label="Replay of the link" data-replay={tone}>
      <p className="replay-headline" role="status">
        <span className="replay-sign" aria-hidden="true">
          {signs[tone]}
        </span>
        <strong>{headline}</strong>
      </p>
      {lines.length > 0 && (
        <ul className="replay-lines">
          {lines.map(({ laneNumber, words, place }, lane) => (
            <li key={lane}>
              {laneNumber !== null && <strong>Lane {laneNumber}: </strong>}
              {words}{" "}
              {place !== null && (
                <button type="button" onClick={() => onGoTo(place)}>
                  Go to step {place.step}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="replay-close" aria-label={`Dismiss: ${headline}`} onClick={onDismiss}>
        ✕
      </button>
    </section>
  );
}
