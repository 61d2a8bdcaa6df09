// The ground that step × position pictures are painted on, as words of an image.
import { sequentialColour, type Theme } from "../../ui/scale";
import { themeColour } from "../../ui/themeColours";
import { colourWords, pixelWord, type PaintGround } from "../../ui/zoom/paintBins";

const ramps = new Map<Theme, Uint32Array>();

/** The page's sequential scale as 256 words. */
export function sequentialWords(theme: Theme): Uint32Array {
  const known = ramps.get(theme) ?? colourWords((share) => sequentialColour(share, theme));
  ramps.set(theme, known);
  return known;
}

export function paintGround(theme: Theme): PaintGround {
  const word = (name: string): number => pixelWord(themeColour(name, theme));
  return { ground: word("--track"), hatch: word("--line"), gap: word("--panel") };
}
