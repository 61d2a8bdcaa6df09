// Paints some pixel rows of the mask: cells, and over them the cuts that reach into them.
import { bisector } from "d3";
import { hasMerges } from "../../trace/carried";
import { latestOf } from "../../trace/latest";
import { readMarks, selectsReads } from "../../trace/reading";
import { hasWindows } from "../../trace/layerWindows";
import { seenPosition, slotsSeenByStep } from "../../trace/replay";
import type { Trace } from "../../trace/trace";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import { drawPixels, paintBins, pixelWord, type PixelBand } from "../../ui/zoom/paintBins";
import { binOfCell, partOfAxis, type AxisBins, type ZoomFrame } from "../../ui/zoom/zoomFrame";
import { paintGround } from "../matrix/matrix";
import { maskColours, maskImage, shareWords, type MaskPaint } from "./maskImage";
import {
  entriesOf,
  headRange,
  isDeadToAll,
  lastSeenByAny,
  maskLives,
  type MaskLives,
  type MaskSubject,
} from "./maskLives";
import { trainingLives } from "./trainingMask";

export interface MaskSubjectView {
  readonly trace: Trace;
  readonly subject: MaskSubject;
  /** Rows by which the training mask lags, 0 to leave it out. */
  readonly lagSteps: number;
  /** The training mask itself is painted, not the true one. */
  readonly isTraining?: boolean;
  readonly theme: Theme;
}

/** A cut reaches at most this far above the end of its row, in CSS pixels. */
export const CUT_REACH = 4;
const MOST_THICKNESS = 3;

/** Rows after `lastStep` stay blank: they are not reached yet. */
export function paintMaskBand(
  context: CanvasRenderingContext2D,
  { grid, x, y, width }: ZoomFrame,
  { trace, subject, lagSteps, isTraining = false, theme }: MaskSubjectView,
  { lastStep, ...band }: PixelBand & { readonly lastStep: number },
): void {
  if (band.end <= band.first) return;
  const promptCount = trace.header.promptTokens.length;
  const lives = isTraining ? trainingLives(trace, subject, lagSteps) : maskLives(trace, subject);
  const firstRowBin = grid.rows.binOfPixel[band.first];
  const rows = partOfAxis(grid.rows, firstRowBin, grid.rows.binOfPixel[band.end - 1] + 1);
  const image = maskImage(
    lives,
    { columns: grid.columns, rows },
    {
      ...{ promptCount, lastStep, lagSteps: isTraining ? 0 : lagSteps },
      hasCarried: hasMerges(trace) && !isTraining,
      hasDead: hasWindows(trace.header),
      ...(selectsReads(trace) &&
        !isTraining && { eachUnread: (step, visit) => visitUnread(trace, subject, step, visit) }),
    },
  );
  const colours = { ...maskColours(image, maskPaint(theme)), firstRowBin };
  drawPixels(context, paintBins(grid, colours, paintGround(theme), band), width, band.first);

  const [evicted, carried] = [themeColour("--evicted", theme), themeColour("--carried", theme)];
  const thickness = Math.min(MOST_THICKNESS, Math.max(1.5, grid.rows.pixelsPerCell * 0.22));
  const runs = allCutRuns(lives, grid.columns);
  const firstCut = Math.floor(y.invert(band.first)) - 1;
  for (let at = byStep.left(runs, firstCut); at < runs.length && runs[at].step <= lastStep; at++) {
    const { firstPosition, lastPosition, step, isMerged } = runs[at];
    const top = y(step + 1) - thickness;
    if (top >= band.end) break;
    const left = x(firstPosition);
    context.fillStyle = isMerged ? carried : evicted;
    context.fillRect(left, top, Math.max(1, x(lastPosition + 1) - left), thickness);
  }
}

const byStep = bisector<CutRun, number>(({ step }) => step);

interface CutRun {
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** Step of the event, the last that saw them. */
  readonly step: number;
  /** Another token carries them on, in some of the heads. */
  readonly isMerged: boolean;
}

/** What a step's newest query left unread, position by position, with the number of heads. */
function visitUnread(
  trace: Trace,
  subject: MaskSubject,
  step: number,
  visit: (position: number, heads: number) => void,
): void {
  const seen = slotsSeenByStep(trace, step);
  const [first, end] = headRange(subject, trace.header.model);
  for (let head = first; head < end; head++) {
    readMarks(trace, step, head)?.forEach((mark, slot) => {
      if (mark === 0) visit(seenPosition(seen, head, slot), 1);
    });
  }
}

/** The cuts of the whole run within the columns in sight, by step. */
function allCutRuns(lives: MaskLives, columns: AxisBins): readonly CutRun[] {
  return latestOf(columns, ["cutRuns", lives], () => cutRuns(lives, columns));
}

/**
 * The positions that each event evicts, neighbours joined so that a picture of thousands of steps draws few edges; over
 * several heads, those that the event takes from the last of them. By step, then by position.
 */
export function cutRuns(lives: MaskLives, columns: AxisBins): readonly CutRun[] {
  const runs: { -readonly [Key in keyof CutRun]: CutRun[Key] }[] = [];
  const openRuns = new Map<string, number>(); // step and sort → its last run
  const end = Math.min(lives.positionCount, columns.firstCell + columns.cellCount);
  for (let position = columns.firstCell; position < end; position++) {
    const step = lastSeenByAny(lives, position);
    // No event cuts what a window leaves behind.
    if (step === Infinity || isDeadToAll(lives, position)) continue;
    const isMerged = entriesOf(lives, position).some(({ lastCarried }) => lastCarried > step);
    const key = `${step} ${String(isMerged)}`;
    const open = openRuns.get(key);
    const isNext =
      open !== undefined && binOfCell(columns, position) - binOfCell(columns, runs[open].lastPosition) <= 1;
    if (isNext) {
      runs[open].lastPosition = position;
      continue;
    }
    openRuns.set(key, runs.length);
    runs.push({ firstPosition: position, lastPosition: position, step, isMerged });
  }
  return runs.sort((one, other) => one.step - other.step);
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
      carried: shareWords(panel, themeColour("--carried", theme), 0.14),
      dead: shareWords(panel, themeColour("--dead", theme), 0.14),
      unread: shareWords(panel, themeColour("--held", theme), 0.14),
    };
    paints.set(theme, paint);
  }
  return paint;
}
