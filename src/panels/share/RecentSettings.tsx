// The settings used last, newest first, each with what it would change before it takes the place of the present ones.
import { useState } from "react";
import { decodeLink, encodeLink } from "../../settings/link";
import type { PageStore } from "../../state/pageStore";
import "../../styles/shareBody.css";
import { linkDifference, MOST_RECENT_STATES, recentStates } from "../../state/recentStates";
import type { DifferenceRow, KeptTexts, RecentState } from "../../state/recentStates";

interface RecentSettingsProps {
  readonly store: PageStore;
  readonly storage: KeptTexts | null;
  readonly onClose: () => void;
}

export function RecentSettings({ store, storage, onClose }: RecentSettingsProps) {
  const [states] = useState(() => recentStates(storage));
  const [{ choices, comparison, chooseState }] = useState(() => store.getState());
  const [openedMs] = useState(() => Date.now());
  return (
    <RecentList
      states={states}
      now={encodeLink({ choices, comparison })}
      isKept={storage !== null}
      nowMs={openedMs}
      onRestore={(link) => {
        const restored = decodeLink(link);
        chooseState({ choices: restored.choices, comparison: restored.comparison });
        onClose();
      }}
    />
  );
}

interface RecentListProps {
  readonly states: readonly RecentState[];
  /** The present settings, as a readable link. */
  readonly now: string;
  /** The browser keeps them over the visit. */
  readonly isKept: boolean;
  readonly nowMs: number;
  readonly onRestore: (link: string) => void;
}

export function RecentList({ states, now, isKept, nowMs, onRestore }: RecentListProps) {
  const [shownLink, setShownLink] = useState<string | null>(null);
  if (!isKept) {
    return <p>The browser gives this page no storage, so that nothing is kept. Links and undo work all the same.</p>;
  }
  if (states.length === 0) return <p>Nothing yet: settings are kept here once a run is started with them.</p>;
  return (
    <>
      <p className="muted">The last {MOST_RECENT_STATES}, kept in this browser alone.</p>
      <ol className="recent">
        {states.map(({ link, title, atMs }) => {
          const rows = linkDifference(now, link);
          const isOpen = link === shownLink;
          const isNow = rows.length === 0;
          return (
            <li key={link} className="recent-state">
              <button
                type="button"
                className="recent-title"
                aria-expanded={isOpen}
                onClick={() => setShownLink(isOpen ? null : link)}
              >
                <span>{title}</span>
                <span className="muted">
                  {isNow ? "in force now" : `${rows.length} ${rows.length === 1 ? "change" : "changes"}`} ·{" "}
                  <time dateTime={new Date(atMs).toISOString()}>{agoWords(nowMs - atMs)}</time>
                </span>
              </button>
              {isOpen && (isNow ? <p>These are the present settings.</p> : <Difference rows={rows} />)}
              {isOpen && !isNow && (
                <button type="button" className="button-primary" onClick={() => onRestore(link)}>
                  Use these settings
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function Difference({ rows }: { readonly rows: readonly DifferenceRow[] }) {
  return (
    <table className="recent-difference">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">Now</th>
          <th scope="col">Then</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, before, after }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{before}</td>
            <td>{after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago something was, roughly. */
export function agoWords(elapsedMs: number): string {
  if (elapsedMs < MINUTE_MS) return "just now";
  if (elapsedMs < HOUR_MS) return `${Math.floor(elapsedMs / MINUTE_MS)} min ago`;
  if (elapsedMs < DAY_MS) return `${Math.floor(elapsedMs / HOUR_MS)} h ago`;
  const days = Math.floor(elapsedMs / DAY_MS);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}
