// Colours of the mask per bin: from blank to the kept colour by the share of visible cells, stripes by the share that
// the training mask shows on top.
import { interpolateRgb } from "d3";
import { colourWords, type BinColours } from "../../ui/zoom/paintBins";
import type { MaskImage } from "./maskImage";

export interface MaskPaint {
  readonly blank: number;
  /** 256 colours by share, lowest first. */
  readonly visible: Uint32Array;
  readonly lagging: Uint32Array;
}

/** From a ground to a colour, beginning at a mix that can be told from the ground. */
export function shareWords(ground: string, colour: string, leastMix: number): Uint32Array {
  const mix = interpolateRgb(ground, colour);
  return colourWords((share) => mix(leastMix + (1 - leastMix) * share));
}

export function maskColours({ written, visible, lagging }: MaskImage, paint: MaskPaint): BinColours {
  const colours = new Uint32Array(written.length);
  const stripes = lagging === null ? null : new Uint32Array(written.length);
  for (let bin = 0; bin < written.length; bin++) {
    const all = written[bin];
    if (all === 0) continue;
    const seen = visible[bin];
    colours[bin] = seen === 0 ? paint.blank : paint.visible[Math.min(255, (255 * seen) / all + 0.5) | 0];
    if (lagging === null || stripes === null || lagging[bin] === 0) continue;
    stripes[bin] = paint.lagging[Math.min(255, (255 * lagging[bin]) / all + 0.5) | 0];
  }
  return { colours, stripes };
}
