// Paints all strips of the map into one image: marks whose height and colour show a value, the window's bar, and hanging marks
// for what is evicted.
import { headRow, kvHeadOf, layerOf, rowCount } from "../../cache/headRows";
import { fillPixels, type PixelImage } from "../../ui/Canvas";
import { stripCorner, type MapGeometry } from "./geometry";
import { SLOT_KEPT, SLOT_MERGED, type MapMarks, type MapView } from "./layout";

/** Colours as words of an image. */
export interface StripPaint {
  /** 256 colours by value, lowest first. */
  readonly ramp: Uint32Array;
  readonly ground: number;
  readonly held: number;
  readonly evicted: number;
  readonly carried: number;
  /** Read, where some slots are not. */
  readonly read: number;
  readonly recorded: number;
  readonly window: number;
  readonly promptEdge: number;
  readonly budgetEdge: number;
}

interface StripOptions {
  readonly paint: StripPaint;
  readonly axis: MapView["axis"];
  readonly promptCount: number;
  readonly kvHeadCount: number;
}

export function paintStrips(image: PixelImage, marks: MapMarks, geometry: MapGeometry, options: StripOptions): void {
  for (let head = 0; head < rowCount(marks.positions); head++) {
    const corner = stripCorner(geometry, layerOf(options, head), kvHeadOf(options, head));
    if (corner === null) continue;
    const { left, top } = corner;
    const rectOf = (at: CssRect): void => fillCss(image, { left, top, width: geometry.cellWidth }, at);
    rectOf({ x: 0, y: 0, width: geometry.cellWidth, height: geometry.cellHeight, colour: options.paint.ground });
    paintStrip(marks, head, { geometry, options, rectOf, onePixel: 1 / image.ratio });
    clearCorners(image, { left, top, width: geometry.cellWidth, height: geometry.cellHeight });
  }
}

/** In CSS pixels of a strip; only the upper edge may lie within a screen pixel. */
interface CssRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: number;
}

interface StripPen {
  /** A screen pixel, in CSS pixels. */
  readonly onePixel: number;
  readonly geometry: MapGeometry;
  readonly options: StripOptions;
  readonly rectOf: (rect: CssRect) => void;
}

function paintStrip(marks: MapMarks, head: number, { geometry, options, rectOf, onePixel }: StripPen): void {
  const { cellHeight, x, lefts } = geometry;
  const { paint, axis, promptCount } = options;
  const { window } = marks;
  const [positions, values] = [headRow(marks.positions, head), headRow(marks.values, head)];
  const slotCount = positions.length;
  const isText = axis === "position";
  const hanging = Math.max(cellHeight < 12 ? 2 : 3, Math.round(cellHeight * 0.22));
  const base = cellHeight - hanging - 2;
  const markWidth = Math.max(1, Math.min(6, Math.ceil(x(1) - x(0)) - (x(1) > 3 ? 1 : 0)));
  if (isText) rectOf({ x: Math.round(x(promptCount)), y: 0, width: 1, height: cellHeight, colour: paint.promptEdge });

  if (marks.recorded?.[head] === 1) {
    rectOf({ x: 0, y: 0, width: RECORDED_WIDTH, height: cellHeight, colour: paint.recorded });
  }

  const leftOf = (slot: number): number => lefts[isText ? positions[slot] : slot];
  const heights = markHeights(marks, head, base);
  cover(heights, leftOf, onePixel);
  if (isText && marks.carried !== null) {
    const mark = { y: base + 2, width: Math.max(markWidth, 2), height: CARRIED_HEIGHT, colour: paint.carried };
    for (const position of headRow(marks.carried, head)) rectOf({ x: lefts[position], ...mark });
  }
  const fates = marks.fates === null ? null : headRow(marks.fates, head);
  const reads = marks.reads.at(head) ?? null;
  const votes = marks.votes?.[head] ?? null;
  const held = reads === null ? paint.held : paint.read;
  for (let slot = 0; slot < slotCount; slot++) {
    const height = heights[slot];
    if (height === COVERED) continue;
    const left = leftOf(slot);
    if (height === HANGING) {
      const colour = fates?.[slot] === SLOT_MERGED ? paint.carried : paint.evicted;
      rectOf({ x: left, y: base + 2, width: Math.max(markWidth, 2), height: hanging, colour });
      continue;
    }
    const ownColour = Number.isNaN(values[slot]) ? held : paint.ramp[(255 * values[slot] + 0.5) | 0];
    const colour = reads?.[slot] === 0 ? paint.held : ownColour;
    rectOf({ x: left, y: base - height, width: markWidth, height, colour });
    if ((votes?.[slot] ?? 1) > 1) {
      rectOf({
        x: left,
        y: base - height,
        width: markWidth,
        height: Math.min(height, CAP_HEIGHT),
        colour: paint.carried,
      });
    }
  }

  if (!isText && marks.budgets !== null) {
    rectOf({ x: lefts[marks.budgets[head]] - 1, y: 0, width: 2, height: cellHeight, colour: paint.budgetEdge });
  }
  if (window === null) return;
  const [first, last] = window;
  const end = isText ? last + 1 : slotCount;
  const left = Math.floor(x(end - (last + 1 - first)));
  const width = Math.max(2, Math.ceil(x(end)) - left);
  rectOf({ x: left, y: base + 1, width, height: 2, colour: paint.window });
}

/** Of the bar at the left of a head whose attention is recorded, where that of others is not. */
const RECORDED_WIDTH = 3;

/** Of a position that another token carries, under the line, and of the cap of a slot that carries others. */
const CARRIED_HEIGHT = 2;
const CAP_HEIGHT = 2;

const HANGING = -1;
const COVERED = -2;

/** Of the height of a strip: lower than anything that was read. */
const UNREAD_HEIGHT = 0.25;

/** As high as its value; HANGING if the mark hangs under the line instead. [slot] */
function markHeights(marks: MapMarks, head: number, base: number): Float64Array {
  const values = headRow(marks.values, head);
  const fates = marks.fates === null ? null : headRow(marks.fates, head);
  const reads = marks.reads.at(head) ?? null;
  const heights = new Float64Array(values.length);
  for (let slot = 0; slot < values.length; slot++) {
    const value = values[slot];
    if (fates !== null && fates[slot] !== SLOT_KEPT) heights[slot] = HANGING;
    else if (reads?.[slot] === 0) heights[slot] = base * UNREAD_HEIGHT;
    else heights[slot] = base * (Number.isNaN(value) ? 0.55 : 0.3 + 0.7 * value);
  }
  return heights;
}

/** In a long text, many tokens share a pixel: one that a later mark covers by a pixel or more is not painted. */
function cover(heights: Float64Array, leftOf: (slot: number) => number, onePixel: number): void {
  let [left, highest] = [-1, 0];
  for (let slot = heights.length - 1; slot >= 0; slot--) {
    const height = heights[slot];
    if (height === HANGING) continue;
    if (leftOf(slot) !== left) [left, highest] = [leftOf(slot), height];
    else if (height + onePixel <= highest) heights[slot] = COVERED;
    else if (height > highest) highest = height;
  }
}

interface Strip {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

function fillCss(image: PixelImage, strip: Strip, { x, y, width, height, colour }: CssRect): void {
  const { ratio } = image;
  const end = Math.min(strip.width, x + width);
  const rect = {
    left: Math.round((strip.left + x) * ratio),
    right: Math.round((strip.left + end) * ratio),
    top: (strip.top + y) * ratio,
    bottom: Math.round((strip.top + y + height) * ratio),
  };
  fillPixels(image, rect, colour);
}

/** Where the round border of the cell below shows. */
function clearCorners(image: PixelImage, strip: Strip & { readonly height: number }): void {
  for (const x of [0, strip.width - 1]) {
    for (const y of [0, strip.height - 1]) fillCss(image, strip, { x, y, width: 1, height: 1, colour: 0 });
  }
}
