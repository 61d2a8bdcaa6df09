// The place of one panel. A panel that is scrolled out of sight rests: it is drawn again when it comes back, so that
// the clock costs what is on screen.
import { memo, useEffect, useRef, useState, type ReactNode } from "react";
import type { PanelName } from "../../state/arrangement";

interface StageCellProps {
  readonly name: PanelName;
  readonly children: ReactNode;
}

export function StageCell({ name, children }: StageCellProps) {
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
      <Resting isSeen={isSeen}>{children}</Resting>
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
