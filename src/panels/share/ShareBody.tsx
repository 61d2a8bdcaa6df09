// The content of the share dialog: a link, a frame for other pages, files. It shows the page as it was when the dialog was
// opened, whatever plays on behind it.
import { useId, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode } from "react";
import type { PageStore } from "../../state/pageStore";
import "../../styles/shareBody.css";
import { LateNote, useLatePart } from "../../ui/latePart";
import { shownPanels } from "../../ui/figure/shownPanels";
import { isPageDark } from "../../ui/useTheme";
import { EmbedSection } from "./EmbedSection";
import { FilesSection } from "./FilesSection";
import { LinkSection } from "./LinkSection";
import { shareableRuns } from "./linkWords";
import { pageAddress } from "./pageAddress";

interface ShareBodyProps {
  readonly store: PageStore;
}

const loadStreamShare = async () => (await import("./StreamShare")).StreamShare;

/** Of the view on show: streams are shared in their own way. */
export function ShareBody({ store }: ShareBodyProps) {
  const [isOfStreams] = useState(() => store.getState().way === "streams");
  const { part: StreamShare, failure } = useLatePart(isOfStreams, loadStreamShare);
  if (!isOfStreams) return <RunShare store={store} />;
  return StreamShare === null ? <LateNote failure={failure} /> : <StreamShare store={store} page={pageAddress()} />;
}

function RunShare({ store }: ShareBodyProps) {
  const [state] = useState(() => store.getState());
  const shareable = useMemo(() => shareableRuns(state), [state]);
  const [panels] = useState(shownPanels);
  const [openId, setOpenId] = useState("link");
  const page = pageAddress();
  return (
    <ShareParts
      parts={[
        {
          id: "link",
          title: "Link",
          content: () => (
            <LinkSection state={state} shareable={shareable} page={page} onFiles={() => setOpenId("files")} />
          ),
        },
        { id: "embed", title: "Embed", content: () => <EmbedSection state={state} page={page} /> },
        {
          id: "files",
          title: "Files",
          content: () => <FilesSection state={state} panels={panels} isPageDark={isPageDark()} />,
        },
      ]}
      openId={openId}
      onOpen={setOpenId}
    />
  );
}

interface SharePart {
  readonly id: string;
  readonly title: string;
  readonly content: () => ReactNode;
}

interface SharePartsProps {
  readonly parts: readonly SharePart[];
  readonly openId: string;
  readonly onOpen: (id: string) => void;
}

/**
 * Tabs if there is room, otherwise parts one below the other to open and close. Only what is open is rendered: the
 * preview of a frame costs a page of its own.
 */
function ShareParts(props: SharePartsProps) {
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

/** Too narrow for tabs. */
const narrowQuery = "(max-width: 700px)";

function useNarrow(): boolean {
  return useSyncExternalStore(
    listen,
    () => window.matchMedia(narrowQuery).matches,
    () => false,
  );
}

function listen(act: () => void): () => void {
  const media = window.matchMedia(narrowQuery);
  media.addEventListener("change", act);
  return () => media.removeEventListener("change", act);
}
