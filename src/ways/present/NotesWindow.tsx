// Speaker notes in a window of their own, for a second screen. The window is blank; this page draws into it, so that both
// are always at the same moment.
import { useCallback, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import type { Deck } from "../../state/deck";
import { presentWords as words } from "../../words/en/present";
import { momentName } from "./addMoment";
import { deckName } from "./deckFiles";

export interface NotesAccess {
  readonly window: Window | null;
  readonly isBlocked: boolean;
  /** Opens the window, or brings it to the front. */
  readonly open: () => void;
}

/** How long the page says that the window was blocked. */
const BLOCKED_MS = 8000;

/** `onKey`: what the keys of a clicker do there. It closes with the view. */
export function useNotesWindow(onKey: (event: KeyboardEvent) => void): NotesAccess {
  const [opened, setOpened] = useState<Window | null>(null);
  const [isBlocked, setBlocked] = useState(false);
  const open = useCallback(() => {
    const popup = window.open("", "winnow-notes", "popup,width=620,height=720");
    setBlocked(popup === null);
    if (popup === null) return;
    dress(popup);
    popup.focus();
    setOpened(popup);
  }, []);
  useEffect(() => {
    if (!isBlocked) return;
    const timer = setTimeout(() => setBlocked(false), BLOCKED_MS);
    return () => clearTimeout(timer);
  }, [isBlocked]);
  useEffect(() => {
    if (opened === null) return;
    const forget = (): void => setOpened(null);
    opened.addEventListener("pagehide", forget);
    opened.addEventListener("keydown", onKey);
    return () => {
      opened.removeEventListener("pagehide", forget);
      opened.removeEventListener("keydown", onKey);
    };
  }, [opened, onKey]);
  useEffect(() => {
    if (opened === null) return;
    const close = (): void => opened.close();
    window.addEventListener("pagehide", close);
    return () => {
      window.removeEventListener("pagehide", close);
      close();
    };
  }, [opened]);
  return { window: opened, isBlocked, open };
}

/** The page's styles and colours, for a blank window. */
function dress({ document: blank }: Window): void {
  blank.title = words.notesTitle;
  blank.documentElement.lang = document.documentElement.lang;
  blank.documentElement.dataset.theme = document.documentElement.dataset.theme;
  blank.body.replaceChildren();
  blank.head.querySelectorAll("style, link").forEach((sheet) => sheet.remove());
  for (const sheet of document.querySelectorAll<HTMLElement>('style, link[rel="stylesheet"]')) {
    const copy = sheet.cloneNode(true) as HTMLElement;
    if (sheet instanceof HTMLLinkElement) copy.setAttribute("href", sheet.href);
    blank.head.append(copy);
  }
}

interface NotesProps {
  readonly notes: NotesAccess;
  readonly deck: Deck;
  /** Null: the page as it is, before the deck. */
  readonly place: number | null;
  /** When the show began, in ms since 1970; null before it has. */
  readonly startedMs: number | null;
  readonly onGo: (place: number) => void;
  readonly onReset: () => void;
}

export function NotesWindow({ notes, ...props }: NotesProps) {
  if (notes.window === null) return null;
  return createPortal(<NotesBody {...props} />, notes.window.document.body);
}

function NotesBody({ deck, place, startedMs, onGo, onReset }: Omit<NotesProps, "notes">) {
  const { moments } = deck;
  const at = place ?? -1;
  const moment = place === null ? undefined : moments.at(place);
  const next = moments.at(at + 1);
  return (
    <main className="notes-window">
      <header>
        <strong>{place === null ? words.deck : words.placeOf({ number: place + 1, count: moments.length })}</strong>
        <span className="notes-elapsed">
          {words.elapsed} <Elapsed sinceMs={startedMs} />
          <button type="button" onClick={onReset}>
            {words.reset}
          </button>
        </span>
      </header>
      <h1>{moment === undefined ? deckName(deck) : momentName(moment)}</h1>
      <p className="notes-text">
        {moment === undefined || moment.notes === "" ? <i>{words.noNotes}</i> : moment.notes}
      </p>
      <footer>
        <p className="notes-next">{next === undefined ? words.lastMoment : `${words.upNext}: ${momentName(next)}`}</p>
        <div className="notes-buttons">
          <button type="button" disabled={at <= 0} onClick={() => onGo(at - 1)}>
            ← {words.previous}
          </button>
          <button type="button" className="button-primary" disabled={next === undefined} onClick={() => onGo(at + 1)}>
            {words.next} →
          </button>
        </div>
      </footer>
    </main>
  );
}

function Elapsed({ sinceMs }: { readonly sinceMs: number | null }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <time className="number">{clockText(sinceMs === null ? 0 : Math.max(0, nowMs - sinceMs))}</time>;
}

/** "1:02:03" or "2:03". */
function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
