// The place of one panel. A panel that is scrolled out of sight rests: it is drawn again when it comes back, so that
// the clock costs what is on screen. In sight it may have to wait for its turn (turns.ts).
import {
  memo,
  useContext,
  useEffect,
  useRef,
  useState,
  createContext,
  useLayoutEffect,
  useMemo,
  type ReactNode,
} from "react";
import { assert } from "../../lib/errors";
import type { PanelName } from "../../state/arrangement";
import { PanelFrameContext } from "../../ui/Panel";
import type { PanelPage } from "../definePanel";
import { panels } from "../registry";
import { createTurns, type Turns } from "./turns";

export function StageCell({ name }: { readonly name: PanelName }) {
  const contents = useContext(CellContext);
  assert(contents !== null, "a cell stands on a stage");
  const { page, turns } = contents;
  const cell = useRef<HTMLDivElement>(null);
  const [isInView, setInView] = useState(true);
  // At full size it covers the stage, wherever its place is.
  const isSeen = useContext(PanelFrameContext)?.maximised === name || isInView;
  useEffect(() => {
    if (cell.current === null) return;
    const observer = new IntersectionObserver((entries) => setInView(entries[entries.length - 1].isIntersecting), {
      rootMargin: `0px 0px -${footHeight()}px 0px`,
    });
    observer.observe(cell.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => (isSeen ? turns.join(name) : undefined), [turns, name, isSeen]);
  return (
    <div ref={cell} className={`stage-cell stage-cell-${name}`}>
      <Resting name={name} page={page} isSeen={isSeen} isDue={turns.isDue(name, page.clock)} />
    </div>
  );
}

/** CSS pixels that the timeline covers at the foot of the view: a panel behind it is out of sight. */
function footHeight(): number {
  return Math.floor(document.querySelector(".panel-timeline")?.getBoundingClientRect().height ?? 0);
}

interface RestingProps {
  readonly name: PanelName;
  readonly page: PanelPage;
  readonly isSeen: boolean;
  readonly isDue: boolean;
}

const Resting = memo(
  function Resting({ name, page }: RestingProps) {
    const { Shown } = panels[name];
    return <Shown page={page} />;
  },
  (before, after) => !after.isSeen || (before.isSeen && !after.isDue) || (before.isSeen && before.page === after.page),
);

interface CellContents {
  readonly page: PanelPage;
  readonly turns: Turns;
}

/** A context, so that rows and columns, which measure themselves when drawn, are not drawn again at each step. */
const CellContext = createContext<CellContents | null>(null);

interface StagePanelsProps {
  readonly page: PanelPage;
  readonly children: ReactNode;
}

export function StagePanels({ page, children }: StagePanelsProps) {
  // A new object makes every cell ask again whether it is due.
  const [again, handAgain] = useState<object | null>(null);
  const [turns] = useState(() => createTurns({ beforeNextFrame, handAgain: () => handAgain({}) }));
  const contents = useMemo(() => ({ page, turns, again }), [page, turns, again]);
  useLayoutEffect(() => turns.handed(page.clock), [turns, page, again]);
  useEffect(() => () => turns.stop(), [turns]);
  return <CellContext value={contents}>{children}</CellContext>;
}

function beforeNextFrame(act: (time: number) => void): () => void {
  const request = requestAnimationFrame(act);
  return () => cancelAnimationFrame(request);
}
