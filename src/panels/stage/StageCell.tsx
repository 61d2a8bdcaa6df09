// The place of one panel. A panel that is scrolled out of sight rests: it is drawn again when it comes back, so that
// the clock costs what is on screen.
import { createContext, memo, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { PanelName } from "../../state/arrangement";

/** What stands in each cell. By context: rows and columns, which measure themselves when they are drawn, hear nothing of a step. */
export const StagePanels = createContext<Readonly<Partial<Record<PanelName, ReactNode>>>>({});

export function StageCell({ name }: { readonly name: PanelName }) {
  const panels = useContext(StagePanels);
  const cell = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(true);
  useEffect(() => {
    if (cell.current === null) return;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry.isIntersecting), {
      rootMargin: `0px 0px -${footHeight()}px 0px`,
    });
    observer.observe(cell.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={cell} className={`stage-cell stage-cell-${name}`}>
      <Resting isSeen={isSeen}>{panels[name]}</Resting>
    </div>
  );
}

/** CSS pixels that the timeline takes at the foot of the view: a panel that is only behind it is out of sight. */
function footHeight(): number {
  return Math.floor(document.querySelector(".panel-timeline")?.getBoundingClientRect().height ?? 0);
}

const Resting = memo(
  function Resting({ children }: { readonly isSeen: boolean; readonly children: ReactNode }) {
    return children;
  },
  (before, after) => !after.isSeen || (before.isSeen && before.children === after.children),
);
