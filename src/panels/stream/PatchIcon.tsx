// A patch as a picture: its drawing on its ground, and a shade over it for the KV heads that no longer hold it.
import { memo } from "react";
import { isGround, PATCH_BOX, patchShape } from "./patchShapes";
import "./patches.css";

/** Opacity of the shade over a patch that this share of the heads holds: a few heads already make a difference that shows. */
export function shadeOf(heldShare: number): number {
  return 0.88 * (1 - heldShare) ** 2;
}

interface PatchProps {
  /** What it shows, without brackets. */
  readonly name: string;
  /** Share of the KV heads that hold it. */
  readonly heldShare?: number;
}

/** SVG elements in a box of 16 × 16; the caller places them. */
export const Patch = memo(function Patch({ name, heldShare = 1 }: PatchProps) {
  return (
    <>
      <rect
        className={isGround(name) ? `patch-ground patch-ground-${name}` : "patch-ground"}
        width={PATCH_BOX}
        height={PATCH_BOX}
      />
      {patchShape(name)}
      {heldShare < 1 && (
        <rect className="patch-shade" width={PATCH_BOX} height={PATCH_BOX} opacity={shadeOf(heldShare)} />
      )}
    </>
  );
});

interface PatchIconProps extends PatchProps {
  /** CSS pixels. */
  readonly size: number;
}

/** Among words: hidden from screen readers, since the name stands beside it. */
export function PatchIcon({ size, ...patch }: PatchIconProps) {
  return (
    <svg className="patch-icon" width={size} height={size} viewBox={`0 0 ${PATCH_BOX} ${PATCH_BOX}`} aria-hidden="true">
      <Patch {...patch} />
    </svg>
  );
}
