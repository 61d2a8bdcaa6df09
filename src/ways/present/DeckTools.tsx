// The deck as a whole: its title, the other decks of this browser, its link and its file.
import { DropdownMenu } from "radix-ui";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { CopyField } from "../../panels/share/CopyField";
import { pageAddress } from "../../panels/share/pageAddress";
import "../../styles/shareBody.css";
import { longestValues } from "../../settings/linkContent";
import { deckText, LONGEST_TITLE, type Deck } from "../../state/deck";
import type { PageStore } from "../../state/pageStore";
import { shortLink } from "../../state/sharedLink";
import { Sheet } from "../../ui/Sheet";
import { presentWords as words } from "../../words/en/present";
import { deckName, pickDeck, saveDeck } from "./deckFiles";

export function DeckTools({ store }: { readonly store: PageStore }) {
  const decks = useStore(store, (state) => state.decks);
  const [isShared, setShared] = useState(false);
  const { renameDeck, newDeck, chooseDeck, deleteDeck } = store.getState();
  const [deck, ...others] = decks;
  const isEmpty = deck.moments.length === 0;
  return (
    <header className="desk-head">
      <input
        type="text"
        className="desk-deck-title"
        aria-label={words.deckTitle}
        placeholder={words.untitled}
        value={deck.title}
        maxLength={LONGEST_TITLE}
        onChange={(event) => renameDeck(event.target.value)}
      />
      <button type="button" disabled={isEmpty} aria-haspopup="dialog" onClick={() => setShared(true)}>
        {words.share}
      </button>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <button type="button" aria-label={words.decks} title={words.decks}>
            ⋯
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
            <DropdownMenu.Item className="menu-item" disabled={isEmpty} onSelect={() => saveDeck(deck)}>
              {words.save}
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => pickDeck(store)}>
              {words.open}
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={newDeck}>
              {words.newDeck}
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" disabled={isEmpty && others.length === 0} onSelect={deleteDeck}>
              {words.deleteDeck}
            </DropdownMenu.Item>
            {others.length > 0 && <DropdownMenu.Separator className="menu-line" />}
            {others.map((other, at) => (
              <DropdownMenu.Item key={at} className="menu-item" onSelect={() => chooseDeck(at + 1)}>
                <span>{deckName(other)}</span>
                <span className="muted">{words.momentCount(other.moments.length)}</span>
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <Sheet name="deck" title={words.shareTitle} isOpen={isShared} onClose={() => setShared(false)}>
        <DeckLink deck={deck} onSave={() => saveDeck(deck)} />
      </Sheet>
    </header>
  );
}

/** Mail and chat programs carry links up to this length mostly whole. */
const MOST_LINK_BYTES = 8000;

function DeckLink({ deck, onSave }: { readonly deck: Deck; readonly onSave: () => void }) {
  const [made, setMade] = useState<{ readonly of: Deck; readonly address: string } | null>(null);
  const text = deckText(deck);
  const fits = text.length <= longestValues.deck;
  useEffect(() => {
    if (!fits) return;
    let isCurrent = true;
    const make = async (): Promise<void> => {
      const fragment = await shortLink({ way: "present", deck: text });
      if (isCurrent) setMade({ of: deck, address: `${pageAddress()}#${fragment}` });
    };
    void make();
    return () => {
      isCurrent = false;
    };
  }, [deck, text, fits]);
  const address = made?.of === deck ? made.address : "";
  const warning = !fits
    ? words.linkTooLong
    : address.length > MOST_LINK_BYTES
      ? words.linkLong((address.length / 1000).toFixed(1))
      : null;
  return (
    <div className="share-link">
      {fits && <CopyField label={words.linkLabel} text={address} isBusy={address === ""} />}
      {warning !== null && (
        <p className="notice notice-warning" role="status">
          {warning}
        </p>
      )}
      <p className="muted">{words.shareHelp}</p>
      <p>
        <button type="button" onClick={onSave}>
          {words.save}
        </button>
      </p>
    </div>
  );
}
