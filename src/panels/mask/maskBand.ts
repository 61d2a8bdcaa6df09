// Paints some pixel rows of the mask: cells, and over them the cuts that reach into them.
import { bisector } from "d3";
import { latestOf } from "../../trace/latest";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import { partOfAxis, type AxisBins } from "../../ui/zoom/cellGrid";
import type { PixelBand } from "../../ui/zoom/paintBins";
import { drawPixels, paintBins, pixelWord } from "../../ui/zoom/paintBins";
import type { ZoomFrame } from "../../ui/zoom/zoomFrame";
import { paintGround } from "../matrix/ground";
import { cutRuns, type CutRun } from "./cutRuns";
import { maskColours, shareWords, type MaskPaint } from "./maskColours";
import { maskImage } from "./maskImage";
import type { MaskLives } from "./maskLives";

export interface MaskSource {
  readonly lives: MaskLives;
  readonly promptCount: number;
  /** Rows by which the training mask lags, 0 to leave it out. */
  readonly lagSteps: number;
  readonly theme: Theme;
}

/** No cut is drawn further above the end of its row, in CSS pixels. */
export const CUT_REACH = 4;
const MOST_THICKNESS = 3;

/** Rows after `lastStep` stay blank: they are not reached yet. */
export function paintMaskBand(
  context: CanvasRenderingContext2D,
  { grid, x, y, width }: ZoomFrame,
  source: MaskSource,
  { lastStep, ...band }: PixelBand & { readonly lastStep: number },
): void {
  const { lives, promptCount, lagSteps, theme } = source;
  if (band.end <= band.first) return;
  const firstRowBin = grid.rows.binOfPixel[band.first];
  const rows = partOfAxis(grid.rows, firstRowBin, grid.rows.binOfPixel[band.end - 1] + 1);
  const image = maskImage(lives, { columns: grid.columns, rows }, { promptCount, lastStep, lagSteps });
  const colours = { ...maskColours(image, maskPaint(theme)), firstRowBin };
  drawPixels(context, paintBins(grid, colours, paintGround(theme), band), width, band.first);

  context.fillStyle = themeColour("--evicted", theme);
  const thickness = Math.min(MOST_THICKNESS, Math.max(1.5, grid.rows.pixelsPerCell * 0.22));
  const runs = allCutRuns(lives, grid.columns);
  const firstCut = Math.floor(y.invert(band.first)) - 1;
  for (let at = byStep.left(runs, firstCut); at < runs.length && runs[at].step <= lastStep; at++) {
    const { firstPosition, lastPosition, step } = runs[at];
    const top = y(step + 1) - thickness;
    if (top >= band.end) break;
    const left = x(firstPosition);
    context.fillRect(left, top, Math.max(1, x(lastPosition + 1) - left), thickness);
  }
}

const byStep = bisector<CutRun, number>(({ step }) => step);

/** The cuts of the whole run, by step. */
function allCutRuns(lives: MaskLives, columns: AxisBins): readonly CutRun[] {
  return latestOf(columns, ["cutRuns", lives], () =>
    cutRuns(lives, columns, Number.MAX_SAFE_INTEGER).sort((one, other) => one.step - other.step),
  );
}

const paints = new Map<Theme, MaskPaint>();

function maskPaint(theme: Theme): MaskPaint {
  let paint = paints.get(theme);
  if (paint === undefined) {
    const panel = themeColour("--panel", theme);
    paint = {
      blank: pixelWord(panel),
      visible: shareWords(panel, themeColour("--kept", theme), 0.14),
      lagging: shareWords(panel, themeColour("--evicted", theme), 0.5),
    };
    paints.set(theme, paint);
  }
  return paint;
}
