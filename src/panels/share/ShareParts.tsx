// The parts of the share dialog: tabs where there is room, one below the other to open and close where there is not.
// Only what is open is there: the preview of a frame costs a page of its own.
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useNarrow } from "./useNarrow";

export interface SharePart {
  readonly id: string;
  readonly title: string;
  readonly content: () => ReactNode;
}

interface SharePartsProps {
  readonly parts: readonly SharePart[];
  readonly openId: string;
  readonly onOpen: (id: string) => void;
}

export function ShareParts(props: SharePartsProps) {
  return useNarrow() ? <StackedParts {...props} /> : <TabbedParts {...props} />;
}

function StackedParts({ parts, openId, onOpen }: SharePartsProps) {
  // Closing the one that is open leaves none.
  const [isClosed, setClosed] = useState(false);
  return parts.map(({ id, title, content }) => {
    const isOpen = id === openId && !isClosed;
    return (
      <section key={id} className="share-stacked">
        <h3>
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => {
              setClosed(isOpen);
              onOpen(id);
            }}
          >
            <span aria-hidden="true">{isOpen ? "▾" : "▸"}</span> {title}
          </button>
        </h3>
        {isOpen && content()}
      </section>
    );
  });
}

function TabbedParts({ parts, openId, onOpen }: SharePartsProps) {
  const baseId = useId();
  const tabs = useRef<HTMLDivElement>(null);
  const open = parts.find(({ id }) => id === openId) ?? parts[0];
  const moveByKey = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = (parts.indexOf(open) + by + parts.length) % parts.length;
    onOpen(parts[next].id);
    tabs.current?.querySelectorAll("button")[next].focus();
  };
  return (
    <>
      <div ref={tabs} className="share-tabs" role="tablist" aria-label="What to share" onKeyDown={moveByKey}>
        {parts.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${baseId}-${id}`}
            aria-selected={id === open.id}
            aria-controls={`${baseId}-panel`}
            tabIndex={id === open.id ? 0 : -1}
            onClick={() => onOpen(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id={`${baseId}-panel`} role="tabpanel" aria-labelledby={`${baseId}-${open.id}`} className="share-part">
        {open.content()}
      </div>
    </>
  );
}
