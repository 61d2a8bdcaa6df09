// What the pictures of steps by positions share: what they take from the page, their axes, and the colours they are
// painted with, as image words.
import type { Trace } from "../../trace/trace";
import type { Theme } from "../../ui/scale";
import { sequentialColour } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import type { PaintGround } from "../../ui/zoom/paintBins";
import { colourWords, pixelWord } from "../../ui/zoom/paintBins";
import type { ZoomExtent } from "../../ui/zoom/zoomView";
import type { PanelProps } from "../definePanel";

export const matrixTakes = [
  "trace",
  "step",
  "focus",
  "onFocus",
  "hovered",
  "pinned",
  "onHover",
  "onPin",
  "axisStepCount",
  "zoom",
  "onZoom",
  "theme",
  "provenance",
] as const;

export type MatrixPanelProps<View> = PanelProps<(typeof matrixTakes)[number], View>;

/** The token of the last step is never fed back, so no row has a cell for it. */
export function matrixExtent(trace: Trace, stepCount: number): ZoomExtent {
  return { columnCount: trace.header.promptTokens.length + stepCount - 1, rowCount: stepCount };
}

const ramps = new Map<Theme, Uint32Array>();

/** The page's sequential scale as 256 words. */
export function sequentialWords(theme: Theme): Uint32Array {
  const known = ramps.get(theme) ?? colourWords((share) => sequentialColour(share, theme));
  ramps.set(theme, known);
  return known;
}

export function paintGround(theme: Theme): PaintGround {
  const word = (name: string): number => pixelWord(themeColour(name, theme));
  return { ground: word("--track"), hatch: word("--line"), gap: word("--panel") };
}
