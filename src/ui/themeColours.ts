// The colours of the style sheet for canvases, which cannot name custom properties. Read once per theme: asking for
// computed styles in every frame would lay the page out again each time.
import type { Theme } from "./scale";

const known = new Map<string, string>();

/** The value of a custom property such as "--kept" in a theme that is in force. */
export function themeColour(name: string, theme: Theme): string {
  const key = `${theme} ${name}`;
  let colour = known.get(key);
  if (colour === undefined) {
    colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(key, colour);
  }
  return colour;
}
