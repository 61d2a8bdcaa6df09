// What stands in the cells of a stage, and whose turn it is to draw it.
import { createContext, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import type { PanelName } from "../../state/arrangement";
import { createTurns, type Turns } from "./turns";

type PanelElements = Readonly<Partial<Record<PanelName, ReactNode>>>;

interface CellContents {
  readonly panels: PanelElements;
  readonly clock: string;
  /** Null outside a stage: there every panel draws at once. */
  readonly turns: Turns | null;
}

/** By context: rows and columns, which measure themselves when they are drawn, hear nothing of a step. */
export const CellContext = createContext<CellContents>({ panels: {}, clock: "", turns: null });

interface StagePanelsProps {
  readonly panels: PanelElements;
  /** Another text wherever the clock stands elsewhere. */
  readonly clock: string;
  readonly children: ReactNode;
}

export function StagePanels({ panels, clock, children }: StagePanelsProps) {
  // A new object has every cell ask anew whether it is due.
  const [again, handAgain] = useState<object | null>(null);
  const [turns] = useState(() => createTurns({ beforeNextFrame, handAgain: () => handAgain({}) }));
  const contents = useMemo(() => ({ panels, clock, turns, again }), [panels, clock, turns, again]);
  useLayoutEffect(() => turns.handed(clock), [turns, clock, panels, again]);
  useEffect(() => () => turns.stop(), [turns]);
  return <CellContext value={contents}>{children}</CellContext>;
}

function beforeNextFrame(act: (time: number) => void): () => void {
  const request = requestAnimationFrame(act);
  return () => cancelAnimationFrame(request);
}
