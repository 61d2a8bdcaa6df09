// The cells on show as rows, exact: newest step first, so that a reader finds the step on screen at the top.
import type { FigureTable } from "../../ui/figure/figureTable";
import type { ZoomWindow } from "../../ui/zoom/zoomView";
import type { Trace } from "../../trace/trace";
import { tokenText } from "../tokenFacts";
import { rowOfStep, type AttentionSubject } from "./layout";

/** More would not open in a spreadsheet; a window that is zoomed in has fewer. */
const MOST_CELLS = 50_000;

export function attentionTable(
  trace: Trace,
  step: number,
  subject: AttentionSubject,
  shown: { readonly window: ZoomWindow; readonly subjectLabel: string },
): FigureTable {
  const { x0, x1, y0, y1 } = shown.window;
  const firstStep = Math.floor(y0);
  const lastStep = Math.min(step, Math.ceil(y1) - 1);
  const rows: (string | number)[][] = [];
  let at = lastStep;
  for (; at >= firstStep && rows.length < MOST_CELLS; at--) {
    for (const { position, paid } of rowOfStep(trace, at, subject)) {
      const isShown = position >= Math.floor(x0) && position < Math.ceil(x1);
      if (isShown) rows.push([at, position, tokenText(trace, position), paid]);
    }
  }
  const left = at >= firstStep ? `; steps ${firstStep} to ${at} are left out, zoom in to have them` : "";
  return {
    caption: `Attention of the newest query of each step, ${shown.subjectLabel}, up to step ${step}, the part on show${left}`,
    columns: ["step", "position", "token", "attention (share)"],
    rows,
  };
}
