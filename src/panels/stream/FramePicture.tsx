// A frame as a picture of 5 × 5 patches: bright where heads hold them, dark where they do not, with rings where an answer looked.
import { memo, type KeyboardEvent, type PointerEvent } from "react";
import { viewColumns } from "../../problems/stream/room";
import { PATCH_BOX } from "./patchShapes";
import { Patch } from "./PatchIcon";

/** Between patches, in units of their box. */
const GAP = 1;
const PITCH = PATCH_BOX + GAP;
/** Width and height of a frame in these units. */
export const FRAME_EXTENT = viewColumns * PITCH - GAP;

export interface PatchRing {
  readonly cell: number;
  /** What it says: looked at by an answer (0 … 1, the darker the more), or shows what the answer is. */
  readonly type: "looked" | "shows";
  readonly strength: number;
}

interface FramePictureProps {
  /** What each patch shows. [cell] */
  readonly patches: readonly string[];
  /** Share of the KV heads that hold each. [cell] */
  readonly heldShares: ArrayLike<number>;
  readonly rings?: readonly PatchRing[];
  /** Width and height in CSS pixels. */
  readonly size: number;
}

/** The drawing alone, for a figure that names it. Frames that did not change are not drawn again. */
export const FramePicture = memo(
  function FramePicture({ patches, heldShares, rings = [], size }: FramePictureProps) {
    return (
      <svg
        className="frame-picture"
        width={size}
        height={size}
        viewBox={`0 0 ${FRAME_EXTENT} ${FRAME_EXTENT}`}
        aria-hidden="true"
      >
        {patches.map((name, cell) => (
          <g key={cell} transform={placed(cell)}>
            <Patch name={name} heldShare={heldShares[cell]} />
          </g>
        ))}
        {rings.map(({ cell, type, strength }) => (
          <rect
            key={`${type}${cell}`}
            className={`frame-ring-${type}`}
            transform={placed(cell)}
            x={type === "shows" ? 2.2 : 0.6}
            y={type === "shows" ? 2.2 : 0.6}
            width={PATCH_BOX - (type === "shows" ? 4.4 : 1.2)}
            height={PATCH_BOX - (type === "shows" ? 4.4 : 1.2)}
            rx={1.5}
            opacity={0.25 + 0.75 * strength}
          />
        ))}
      </svg>
    );
  },
  (one, other) =>
    one.patches === other.patches &&
    one.size === other.size &&
    one.rings === other.rings &&
    isSameRow(one.heldShares, other.heldShares),
);

function isSameRow(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

export function placed(cell: number): string {
  return `translate(${(cell % viewColumns) * PITCH},${Math.floor(cell / viewColumns) * PITCH})`;
}

/** Where a patch lies in a picture of any size. */
export function cellBox(cell: number) {
  const part = (extent: number): string => `${(extent / FRAME_EXTENT) * 100}%`;
  return {
    left: part((cell % viewColumns) * PITCH),
    top: part(Math.floor(cell / viewColumns) * PITCH),
    width: part(PATCH_BOX),
    height: part(PATCH_BOX),
  };
}

/** The cell under the pointer; null outside. */
export function cellUnder({ currentTarget, clientX, clientY }: PointerEvent): number | null {
  const box = currentTarget.getBoundingClientRect();
  const placeOf = (pixels: number, extent: number): number => Math.floor(((pixels / extent) * FRAME_EXTENT) / PITCH);
  const [column, row] = [placeOf(clientX - box.left, box.width), placeOf(clientY - box.top, box.height)];
  const isInside = column >= 0 && row >= 0 && column < viewColumns && row < viewColumns;
  return isInside ? row * viewColumns + column : null;
}

/** The cell that an arrow key goes to; null for any other key. It stays within the frame. */
export function cellByKey({ key }: Pick<KeyboardEvent, "key">, cell: number): number | null {
  const [row, column] = [Math.floor(cell / viewColumns), cell % viewColumns];
  const within = (place: number): number => Math.max(0, Math.min(viewColumns - 1, place));
  switch (key) {
    case "ArrowLeft":
      return row * viewColumns + within(column - 1);
    case "ArrowRight":
      return row * viewColumns + within(column + 1);
    case "ArrowUp":
      return within(row - 1) * viewColumns + column;
    case "ArrowDown":
      return within(row + 1) * viewColumns + column;
    default:
      return null;
  }
}
