// The desk: the deck in use, moment by moment, and the chosen one as the show will have it, with its title and notes.
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { useStore } from "zustand";
import { panelList } from "../../panels/panelKinds";
import { decodeLink } from "../../settings/link";
import { policyOf, settingsInForce } from "../../settings/inForce";
import { LONGEST_NOTES, LONGEST_TITLE, placeOf, type DeckMoment, type Shows } from "../../state/deck";
import { ToolChoice } from "../../ui/ToolChoice";
import { presentWords as words } from "../../words/en/present";
import { Caption } from "../watch/Caption";
import type { WayProps } from "../wayProps";
import { momentName, placeWords } from "./addMoment";
import { DeckTools } from "./DeckTools";
import { MomentStage } from "./MomentStage";
import type { NotesAccess } from "./NotesWindow";
import { TitleCard } from "./Show";
import { ShowClock } from "./ShowClock";
import type { WalkState } from "./walk";

interface DeskProps {
  readonly page: WayProps;
  readonly shows: Shows;
  /** Null: the page as it is. */
  readonly place: number | null;
  readonly card: WalkState["card"];
  readonly onGo: (place: number) => void;
  readonly onStart: () => void;
  readonly notes: NotesAccess;
}

export function Desk({ page, shows, place, card, onGo, onStart, notes }: DeskProps) {
  const { store, acts, shown } = page;
  const [deck] = useStore(store, (state) => state.decks);
  const moment = place === null ? undefined : deck.moments.at(place);
  return (
    <div className="desk">
      <section className="desk-deck" aria-label={words.deck}>
        <DeckTools store={store} />
        <MomentList moments={deck.moments} place={place} onGo={onGo} onMove={store.getState().moveMoment} />
        <Deleted page={page} />
        <div className="desk-foot">
          <button type="button" onClick={acts.addMoment}>
            {words.add} <kbd>D</kbd>
          </button>
          <button type="button" title={words.notesWindowTip} onClick={notes.open}>
            {words.notesWindow}
          </button>
          <button type="button" className="button-primary desk-start" title={words.startTip} onClick={onStart}>
            ▶ {words.start}
          </button>
          {notes.isBlocked && (
            <p className="notice notice-warning" role="alert">
              {words.notesBlocked}
            </p>
          )}
        </div>
      </section>
      <section className="desk-preview" aria-label={moment === undefined ? words.preview : momentName(moment)}>
        <div className="desk-caption">
          <Caption {...page} length="projector" />
        </div>
        <div className="desk-stage">
          <MomentStage {...page} shows={shows} />
          {card !== null && moment !== undefined && place !== null && (
            <TitleCard page={page} moment={moment} number={place + 1} count={deck.moments.length} card={card} />
          )}
        </div>
        {shown !== null && <ShowClock store={store} lane={shown.lane} shows={shows} />}
        {moment !== undefined && place !== null && <MomentEditor page={page} moment={moment} place={place} />}
      </section>
    </div>
  );
}

interface MomentListProps {
  readonly moments: readonly DeckMoment[];
  readonly place: number | null;
  readonly onGo: (place: number) => void;
  readonly onMove: (from: number, to: number) => void;
}

function MomentList({ moments, place, onGo, onMove }: MomentListProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  if (moments.length === 0) return <p className="desk-empty">{words.howToAdd}</p>;
  const drop = (event: DragEvent, to: number): void => {
    event.preventDefault();
    if (dragged !== null) onMove(dragged, to);
    setDragged(null);
    setOver(null);
  };
  const moveByKey = (event: KeyboardEvent, from: number): void => {
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!event.altKey || by === 0) return;
    event.preventDefault();
    onMove(from, from + by);
    const list = event.currentTarget.closest("ol");
    requestAnimationFrame(() => list?.querySelectorAll<HTMLElement>(".desk-moment")[from + by]?.focus());
  };
  return (
    <ol className="desk-moments" aria-label={words.moments}>
      {moments.map((moment, at) => (
        <li
          // Moments have no names of their own: two may be alike.
          key={at}
          className={over === at && dragged !== null ? (dragged < at ? "desk-drop-after" : "desk-drop-before") : ""}
          draggable
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = "move";
            event.dataTransfer.setData("text/plain", moment.title);
            setDragged(at);
          }}
          onDragOver={(event) => {
            if (dragged === null) return;
            event.preventDefault();
            setOver(at);
          }}
          onDragEnd={() => setDragged(null)}
          onDrop={(event) => drop(event, at)}
        >
          <button
            type="button"
            className="desk-moment"
            aria-current={at === place ? "true" : undefined}
            title={words.dragTip}
            onClick={() => onGo(at)}
            onKeyDown={(event) => moveByKey(event, at)}
          >
            <span className="desk-number">{at + 1}</span>
            <span className="desk-name">{momentName(moment)}</span>
            <span className="desk-about">{aboutMoment(moment)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** "G-KV, 96 slots · step 120 · Score" */
function aboutMoment(moment: DeckMoment): string {
  const { choices, comparison } = decodeLink(moment.experiment);
  const { policyId, budgetSlots } = settingsInForce(choices).settings;
  const { label, uses } = policyOf(policyId);
  const policy = uses.includes("budgetSlots") ? words.policyAt({ policy: label, slots: budgetSlots }) : label;
  const lanes = comparison.others.length === 0 ? "" : ` ${words.andLanes(comparison.others.length)}`;
  return [policy + lanes, placeWords(placeOf(moment).step, moment.shows), showsLabel(moment.shows)].join(" · ");
}

function showsLabel(shows: Shows): string {
  return shows === "watch" ? words.showsWatchShort : (panelList.find(({ name }) => name === shows)?.title ?? shows);
}

interface MomentEditorProps {
  readonly page: WayProps;
  readonly moment: DeckMoment;
  readonly place: number;
}

function MomentEditor({ page: { store }, moment, place }: MomentEditorProps) {
  const count = useStore(store, (state) => state.decks[0].moments.length);
  const { changeMoment, moveMoment, deleteMoment } = store.getState();
  const options = [
    ["watch", words.showsWatch] as const,
    ...panelList.map(({ name, title }) => [name, title] as const),
  ] as const;
  return (
    <div className="desk-editor">
      <div className="desk-editor-row">
        <label className="desk-title">
          {words.title}
          <input
            type="text"
            value={moment.title}
            maxLength={LONGEST_TITLE}
            onChange={(event) => changeMoment(place, { title: event.target.value })}
          />
        </label>
        <ToolChoice<Shows>
          label={words.shows}
          value={moment.shows}
          options={options}
          onChange={(shows) => changeMoment(place, { shows })}
        />
        <button
          type="button"
          aria-label={words.up}
          title={words.up}
          disabled={place === 0}
          onClick={() => moveMoment(place, place - 1)}
        >
          ↑
        </button>
        <button
          type="button"
          aria-label={words.down}
          title={words.down}
          disabled={place === count - 1}
          onClick={() => moveMoment(place, place + 1)}
        >
          ↓
        </button>
        <button type="button" onClick={() => deleteMoment(place)}>
          {words.remove}
        </button>
      </div>
      <label className="desk-notes">
        <span>
          {words.notes} <span className="muted">{words.notesHint}</span>
        </span>
        <textarea
          value={moment.notes}
          rows={3}
          maxLength={LONGEST_NOTES}
          onChange={(event) => changeMoment(place, { notes: event.target.value })}
        />
      </label>
    </div>
  );
}

/** Offers to take a deletion back. */
function Deleted({ page: { store } }: { readonly page: WayProps }) {
  const canUndo = useStore(store, (state) => state.decksBefore !== null);
  return (
    <p className="desk-deleted" role="status">
      {canUndo && (
        <>
          {words.removed}{" "}
          <button type="button" className="link-button" onClick={store.getState().undoDelete}>
            {words.undo}
          </button>
        </>
      )}
    </p>
  );
}
