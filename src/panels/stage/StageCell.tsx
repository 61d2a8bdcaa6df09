// The place of one panel. A panel that is scrolled out of sight rests: it is drawn again when it comes back, so that
// the clock costs what is on screen. In sight it may have to wait for its turn.
import { memo, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import type { PanelName } from "../../state/arrangement";
import { CellContext } from "./StagePanels";

export function StageCell({ name }: { readonly name: PanelName }) {
  const { panels, clock, turns } = useContext(CellContext);
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
  useEffect(() => (isSeen ? turns?.join(name) : undefined), [turns, name, isSeen]);
  return (
    <div ref={cell} className={`stage-cell stage-cell-${name}`}>
      <Resting isSeen={isSeen} isDue={turns?.isDue(name, clock) ?? true}>
        {panels[name]}
      </Resting>
    </div>
  );
}

/** CSS pixels that the timeline takes at the foot of the view: a panel that is only behind it is out of sight. */
function footHeight(): number {
  return Math.floor(document.querySelector(".panel-timeline")?.getBoundingClientRect().height ?? 0);
}

interface RestingProps {
  readonly isSeen: boolean;
  readonly isDue: boolean;
  readonly children: ReactNode;
}

const Resting = memo(
  function Resting({ children }: RestingProps) {
    return children;
  },
  (before, after) =>
    !after.isSeen || (before.isSeen && !after.isDue) || (before.isSeen && before.children === after.children),
);
