// The colour of text on a cell that has a colour of the scale.
import { lab } from "d3";

/** Where white and black have the same contrast, 4.6 to 1. */
const MIDDLE_LIGHTNESS = 49.4;

/** Black or white, whichever can be read better on the colour: the middle of a scale leaves little room for either. */
export function inkOn(colour: string): "#fff" | "#000" {
  return lab(colour).l < MIDDLE_LIGHTNESS ? "#fff" : "#000";
}
