// All heads together: how many of them hold each token. A gap is memory that could be given back token by token.
import { memo, useCallback } from "react";
import { Canvas } from "../../ui/Canvas";
import { writtenShare } from "../../ui/numbers";
import { sequentialColour, type Theme } from "../../ui/scale";
import { themeColour } from "../../ui/themeColours";
import { scaleLinear } from "d3";
import type { HeadsFigures } from "./heads";

interface UnionStripProps {
  readonly figures: HeadsFigures;
  readonly width: number;
  /** Positions that the axis spans. */
  readonly positionCount: number;
  readonly theme: Theme;
}

const HEIGHT = 30;
const BASE = 22;

export const UnionStrip = memo(function UnionStrip({ figures, width, positionCount, theme }: UnionStripProps) {
  const { share } = figures;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const x = scaleLinear([0, positionCount], [0, width]);
      const markWidth = Math.max(1, Math.floor(x(1)) - (x(1) > 3 ? 1 : 0));
      share.forEach((held, position) => {
        const isGone = held === 0;
        context.fillStyle = isGone ? themeColour("--evicted", theme) : sequentialColour(held, theme);
        if (isGone) context.fillRect(Math.floor(x(position)), BASE + 2, Math.max(2, markWidth), 6);
        else context.fillRect(Math.floor(x(position)), BASE * (1 - held), markWidth, BASE * held);
      });
    },
    [share, width, positionCount, theme],
  );
  return (
    <div className="map-union">
      <Canvas width={width} height={HEIGHT} draw={draw} />
    </div>
  );
});

/** What the strip says, in a sentence. */
export function unionSentence({ heldSomewhere, goneEverywhere, agreement, chance }: HeadsFigures): string {
  const written = heldSomewhere + goneEverywhere;
  const gone =
    goneEverywhere === 0 ? "no token is gone everywhere" : `${goneEverywhere} of ${written} tokens gone everywhere`;
  if (Number.isNaN(agreement)) return `All heads: ${gone}.`;
  return `All heads: ${gone}; two heads share ${writtenShare(agreement)} (by chance ${writtenShare(chance)}).`;
}
