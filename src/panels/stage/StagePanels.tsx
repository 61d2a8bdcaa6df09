// What the cells of a stage show, and whose turn it is to draw it.
import { createContext, useEffect, useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import type { PanelPage } from "../definePanel";
import { createTurns, type Turns } from "./turns";

interface CellContents {
  readonly page: PanelPage;
  readonly turns: Turns;
}

/** By context: rows and columns, which measure themselves when they are drawn, are not drawn again at each step. */
export const CellContext = createContext<CellContents | null>(null);

interface StagePanelsProps {
  readonly page: PanelPage;
  readonly children: ReactNode;
}

export function StagePanels({ page, children }: StagePanelsProps) {
  // A new object has every cell ask anew whether it is due.
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
