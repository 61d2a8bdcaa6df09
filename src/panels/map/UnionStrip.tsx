// All heads together: how many of them hold each token. A gap is memory that could be given back token by token.
import { memo, useCallback } from "react";
import { scaleLinear } from "d3";
import { writtenShare } from "../../ui/numbers";
import type { PixelImage } from "../../ui/Canvas";
import { fillPixels, PixelCanvas } from "../../ui/Canvas";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import { pixelWord } from "../../ui/zoom/paintBins";
import { sequentialWords } from "../matrix/matrix";
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
  const paint = useCallback(
    (image: PixelImage) => {
      const x = scaleLinear([0, positionCount], [0, width]);
      const markWidth = Math.max(1, Math.floor(x(1)) - (x(1) > 3 ? 1 : 0));
      const [ramp, gone] = [sequentialWords(theme), pixelWord(themeColour("--evicted", theme))];
      for (let position = 0; position < share.length; position++) {
        const held = share[position];
        const isGone = held === 0;
        const left = Math.floor(x(position));
        const right = Math.min(width, left + (isGone ? Math.max(2, markWidth) : markWidth));
        const [top, bottom] = isGone ? [BASE + 2, BASE + 8] : [BASE * (1 - held), BASE];
        const rect = {
          left: Math.round(left * image.ratio),
          right: Math.round(right * image.ratio),
          top: top * image.ratio,
          bottom: Math.round(bottom * image.ratio),
        };
        fillPixels(image, rect, isGone ? gone : ramp[Math.round(255 * held)]);
      }
    },
    [share, width, positionCount, theme],
  );
  return (
    <div className="map-union">
      <PixelCanvas width={width} height={HEIGHT} paint={paint} />
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
