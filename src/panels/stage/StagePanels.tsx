// What stands in the cells of a stage, and whose turn it is to draw it.
import { createContext, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { PanelName } from "../../state/arrangement";
import { createTurns, type Turns } from "./turns";

type PanelElements = Readonly<Partial<Record<PanelName, ReactNode>>>;

interface CellContents {
  readonly panels: PanelElements;
  /** Null outside a stage: there every panel draws at once. */
  readonly turns: Turns | null;
}

/** By context: rows and columns, which measure themselves when they are drawn, hear nothing of a step. */
export const CellContext = createContext<CellContents>({ panels: {}, turns: null });

interface StagePanelsProps {
  readonly panels: PanelElements;
  readonly children: ReactNode;
}

export function StagePanels({ panels, children }: StagePanelsProps) {
  // A new object has every cell ask anew whether it is due.
  const [again, handAgain] = useState<object | null>(null);
  const [turns] = useState(() => createTurns({ beforeNextFrame, handAgain: () => handAgain({}) }));
  const contents = useMemo(() => ({ panels, turns, again }), [panels, turns, again]);
  const handed = useRef<PanelElements | null>(null);
  useLayoutEffect(() => {
    turns.handed(handed.current !== panels);
    handed.current = panels;
  }, [turns, panels, again]);
  useEffect(() => () => turns.stop(), [turns]);
  return <CellContext value={contents}>{children}</CellContext>;
}

function beforeNextFrame(act: (time: number) => void): () => void {
  const request = requestAnimationFrame(act);
  return () => cancelAnimationFrame(request);
}
