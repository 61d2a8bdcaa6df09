// The room that a camera watches, and where the camera looks. The room has 5 × 7 cells, a frame shows 5 × 5 of them. Pieces stand in
// columns 0, 2 and 4; the cell right of a piece is its spot: whatever is "by the desk" stands there, so that the patch before
// a patch says where it is.
//
//   columns   0      1     2      3     4      5     6
//             piece  spot  piece  spot  piece  spot  ground        view: 0 … 4, 1 … 5 while it pans, or 2 … 6

import type { RandomStream } from "../../lib/random";
import { countedPieces, groundNames, pieceNames, type CountedPiece } from "./streamWords";

export const rowCount = 5;
const roomColumns = 7;
export const viewColumns = 5;
export const frameCells = rowCount * viewColumns;
export const maxOffset = roomColumns - viewColumns;
export const maxTelevisions = 8;

const pieceCount = 12;
const pieceColumns = [0, 2, 4];
/** In view wherever the camera looks. */
const alwaysSeenColumns = [2, 4];

export interface Room {
  /** What each cell shows while nothing happens there; a television's cell shows ground. [row][column of the room], flat */
  readonly ground: readonly string[];
  /** The cell of each piece, by its name. */
  readonly pieces: ReadonlyMap<string, number>;
  readonly televisions: readonly number[]; // cells
  /** Cells where people may walk: none is a spot, and none follows a piece in the order of the patches. */
  readonly walkable: readonly number[];
}

export function drawRoom(televisionCount: number, stream: RandomStream): Room {
  const cells = Array.from({ length: rowCount * roomColumns }, (_, cell) => cell);
  const columnOf = (cell: number): number => cell % roomColumns;
  const others = stream.shuffle(pieceNames.filter((name) => !countedPieces.includes(name as CountedPiece)));
  const countedCells = stream.shuffle(cells.filter((cell) => alwaysSeenColumns.includes(columnOf(cell))));
  const pieces = new Map<string, number>(countedPieces.map((name, at) => [name, countedCells[at]]));
  const taken = new Set(pieces.values());
  const free = stream.shuffle(cells.filter((cell) => pieceColumns.includes(columnOf(cell)) && !taken.has(cell)));
  others.slice(0, pieceCount - countedPieces.length).forEach((name, at) => pieces.set(name, free[at]));
  const pieceCells = new Set(pieces.values());
  const ground: string[] = cells.map(() => stream.pick(groundNames));
  for (const [name, cell] of pieces) ground[cell] = name;
  const open = cells.filter((cell) => !pieceCells.has(cell) && !pieceCells.has(cell - 1));
  // Wherever the camera looks, there is a cell left to walk on.
  const reserved = [[1, 3, 4], [6]].map((columns) =>
    stream.pick(open.filter((cell) => columns.includes(columnOf(cell)))),
  );
  const televisions = stream.shuffle(open.filter((cell) => !reserved.includes(cell))).slice(0, televisionCount);
  // The first cell of a row follows the last of the row above, which may be a piece.
  const walkable = open.filter((cell) => !televisions.includes(cell) && ![0, 2].includes(columnOf(cell)));
  return { ground, pieces, televisions, walkable };
}

/** Index of a cell of the room in a frame; null where the camera does not see it. */
export function cellInView(cell: number, offset: number): number | null {
  const column = (cell % roomColumns) - offset;
  return column < 0 || column >= viewColumns ? null : Math.floor(cell / roomColumns) * viewColumns + column;
}

/** The cell of the room that a frame shows at an index. */
export function cellOfRoom(index: number, offset: number): number {
  return Math.floor(index / viewColumns) * roomColumns + (index % viewColumns) + offset;
}

export interface CameraKnobs {
  readonly frames: number;
  /** "some": half of the streams pan. Long ones pan again and again. */
  readonly camera: "still" | "some" | "pans";
}

/** Columns by which the view is moved to the right. A pan takes two frames. [frame] */
export function drawCamera({ frames, camera }: CameraKnobs, stream: RandomStream): number[] {
  const pans = camera === "pans" || (camera === "some" && stream.uniform() < 0.5);
  let offset = stream.pick([0, maxOffset]);
  const offsets = new Array<number>(frames).fill(offset);
  const [least, most] = [Math.ceil(frames / 4), Math.ceil((frames * 3) / 4)];
  if (!pans) return offsets;
  for (let pan = stream.integer(Math.min(8, least), Math.min(24, most)); pan < frames; pan += stream.integer(12, 32)) {
    const target = maxOffset - offset;
    offsets.fill(1, pan, pan + 1).fill(target, pan + 1);
    offset = target;
  }
  return offsets;
}
