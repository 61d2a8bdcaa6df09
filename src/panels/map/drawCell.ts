// Paints one strip of the map on a canvas: marks with value as height and colour, the window's bar, leaving marks.
import { sequentialColour, type Theme } from "../../ui/scale";
import type { MapGeometry, MapMarks, MapView } from "./layout";

export interface MapPaint {
  readonly theme: Theme;
  readonly held: string;
  readonly evicted: string;
  readonly window: string;
  readonly promptEdge: string;
}

export function drawCell(
  context: CanvasRenderingContext2D,
  marks: MapMarks,
  { cellHeight, x }: MapGeometry,
  options: { readonly paint: MapPaint; readonly promptCount: number; readonly axis: MapView["axis"] },
): void {
  const { paint, promptCount, axis } = options;
  const isText = axis === "position";
  const hanging = Math.max(3, Math.round(cellHeight * 0.22));
  const base = cellHeight - hanging - 2;
  const markWidth = Math.max(1, Math.min(6, Math.ceil(x(1) - x(0)) - (x(1) > 3 ? 1 : 0)));

  if (isText) {
    context.fillStyle = paint.promptEdge;
    context.fillRect(Math.round(x(promptCount)), 0, 1, cellHeight);
  }

  let current = "";
  marks.positions.forEach((position, slot) => {
    const value = marks.values[slot];
    const left = Math.floor(x(isText ? position : slot));
    const isValued = !Number.isNaN(value);
    const height = isValued ? base * (0.3 + 0.7 * value) : base * 0.55;
    const isKept = marks.isKept[slot];
    const colour = isKept ? (isValued ? sequentialColour(value, paint.theme) : paint.held) : paint.evicted;
    // Most marks have their neighbour's colour, and a browser reads a colour anew whenever it is set.
    if (colour !== current) context.fillStyle = current = colour;
    if (isKept) context.fillRect(left, base - height, markWidth, height);
    else context.fillRect(left, base + 2, Math.max(markWidth, 2), hanging);
  });

  if (marks.window !== null) {
    const [first, last] = marks.window;
    const end = isText ? last + 1 : marks.positions.length;
    const left = Math.floor(x(end - (last + 1 - first)));
    context.fillStyle = paint.window;
    context.fillRect(left, base + 1, Math.max(2, Math.ceil(x(end)) - left), 2);
  }
}
