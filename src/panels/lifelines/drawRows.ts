// Paints the lifelines that are in view on a canvas.
import { shortened } from "../../lib/shortened";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import { ROW_HEIGHT, type LifeGeometry, type LifeLink, type LifeMarks } from "./layout";
import type { LifeRow } from "./rows";

interface DrawnLife {
  readonly row: LifeRow;
  readonly marks: LifeMarks;
  /** Top of the row in the canvas. */
  readonly top: number;
  readonly isHovered: boolean;
  readonly isPinned: boolean;
}

interface DrawRequest {
  readonly lives: readonly DrawnLife[];
  readonly links: readonly LifeLink[];
  readonly geometry: LifeGeometry;
  readonly step: number;
  readonly height: number;
  readonly theme: Theme;
}

type LifePaint = ReturnType<typeof lifePaint>;

function lifePaint(theme: Theme) {
  const colour = (name: string): string => themeColour(name, theme);
  return {
    ink: colour("--ink"),
    inkSoft: colour("--ink-soft"),
    line: colour("--line"),
    panel: colour("--panel"),
    kept: colour("--kept"),
    evicted: colour("--evicted"),
    carried: colour("--carried"),
    window: colour("--window"),
    mono: colour("--mono"),
  };
}

export function drawRows(context: CanvasRenderingContext2D, request: DrawRequest): void {
  const { lives, links, geometry, step, height } = request;
  const paint = lifePaint(request.theme);
  context.strokeStyle = paint.line;
  context.lineWidth = 1;
  for (const { at } of geometry.xTicks) strokeLine(context, [at, 0], [at, height]);
  for (const life of lives) {
    drawBackground(context, life, geometry, paint);
    drawLabel(context, life, geometry, paint);
    drawLine(context, life, paint);
  }
  for (const link of links) if (!link.isLit) drawLink(context, link, paint);
  for (const link of links) if (link.isLit) drawLink(context, link, paint);
  context.strokeStyle = paint.ink;
  context.lineWidth = 1;
  strokeLine(context, [geometry.x(step), 0], [geometry.x(step), height]);
}

function drawBackground(
  context: CanvasRenderingContext2D,
  life: DrawnLife,
  geometry: LifeGeometry,
  paint: LifePaint,
): void {
  if (!life.isHovered && !life.isPinned) return;
  context.fillStyle = paint.ink;
  context.globalAlpha = life.isHovered ? 0.16 : 0.1;
  context.fillRect(0, life.top, geometry.width, ROW_HEIGHT);
  context.globalAlpha = 1;
  if (life.isPinned) context.fillRect(0, life.top, 3, ROW_HEIGHT);
}

function drawLabel(context: CanvasRenderingContext2D, life: DrawnLife, geometry: LifeGeometry, paint: LifePaint): void {
  const { row, top } = life;
  const base = top + 11;
  context.font = `11px ${paint.mono}`;
  context.textAlign = "right";
  context.fillStyle = paint.inkSoft;
  context.fillText(String(row.position), 36, base);
  if (geometry.countRight > 0) context.fillText(String(row.heldCount), geometry.countRight, base);
  context.textAlign = "left";
  context.fillStyle = row.heldCount === 0 ? paint.inkSoft : paint.ink;
  // A character of this font is 6.7 px wide.
  const most = Math.floor((geometry.labelWidth - 42) / 6.7);
  context.fillText(shortened(row.text, most), 42, base);
}

function drawLine(context: CanvasRenderingContext2D, { marks, top }: DrawnLife, paint: LifePaint): void {
  const middle = top + ROW_HEIGHT / 2;
  for (const { left, right, share, carried } of marks.segments) {
    // What others carry lies around what is held.
    for (const [part, colour] of [
      [share + carried, paint.carried],
      [share, paint.kept],
    ] as const) {
      if (part === 0) continue;
      const height = Math.max(1, part * 10);
      context.fillStyle = colour;
      context.fillRect(left, middle - height / 2, Math.max(1, right - left), height);
    }
  }
  if (marks.useX !== null) {
    context.beginPath();
    context.arc(marks.useX, middle, 2.6, 0, 2 * Math.PI);
    context.fillStyle = paint.panel;
    context.fill();
    context.strokeStyle = paint.ink;
    context.lineWidth = 1.2;
    context.stroke();
  }
  if (marks.focusX !== null && marks.headCarrier === null) {
    context.strokeStyle = paint.window;
    context.lineWidth = 2;
    strokeLine(context, [marks.focusX, top + 1], [marks.focusX, top + ROW_HEIGHT - 1]);
  }
  if (marks.crossX === null) return;
  context.strokeStyle = paint.evicted;
  context.lineWidth = 2;
  strokeLine(context, [marks.crossX - 3.5, middle - 3.5], [marks.crossX + 3.5, middle + 3.5]);
  strokeLine(context, [marks.crossX - 3.5, middle + 3.5], [marks.crossX + 3.5, middle - 3.5]);
}

/** From the dot at which a line leaves to the arrow at which it enters its carrier's; the farther, the wider its bow. */
function drawLink(context: CanvasRenderingContext2D, { x, fromY, toY, isLit }: LifeLink, paint: LifePaint): void {
  const bow = x + Math.min(26, 7 + Math.abs(toY - fromY) / 10);
  const curve = (colour: string, width: number): void => {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x, fromY);
    context.bezierCurveTo(bow, fromY, bow, toY, x + 2, toY);
    context.stroke();
  };
  curve(paint.panel, isLit ? 4.5 : 3);
  curve(isLit ? paint.ink : paint.inkSoft, isLit ? 2 : 1.1);
  context.fillStyle = isLit ? paint.ink : paint.inkSoft;
  context.beginPath();
  context.arc(x, fromY, 2.2, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.moveTo(x, toY);
  context.lineTo(x + 5.5, toY - 3);
  context.lineTo(x + 5.5, toY + 3);
  context.fill();
}

type Point = readonly [x: number, y: number];

function strokeLine(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}
