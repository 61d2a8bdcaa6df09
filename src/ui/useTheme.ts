// The colours in force: the reader's choice, else the system's. Set on the document for the style sheets; canvases, which
// cannot name custom properties, read them here.

import { useEffect, useInsertionEffect, useState } from "react";
import type { Theme } from "./scale";

export type ThemeChoice = "system" | "light" | "dark";

export function useTheme(choice: ThemeChoice): Theme {
  const [isSystemDark, setSystemDark] = useState(() => darkQuery().matches);
  useEffect(() => {
    const query = darkQuery();
    const follow = (): void => setSystemDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const isDark = choice === "dark" || (choice === "system" && isSystemDark);
  const theme: Theme = isDark ? "dark" : "light";
  // Before the layout effects in which canvases read their colours.
  useInsertionEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return theme;
}

function darkQuery(): MediaQueryList {
  return window.matchMedia("(prefers-color-scheme: dark)");
}

/** Read once per theme: asking for computed styles in every frame would force a layout each time. */
const known = new Map<string, string>();

/** The value of a custom property such as "--kept"; `theme` must be in force. */
export function themeColour(name: string, theme: Theme): string {
  const key = `${theme} ${name}`;
  let colour = known.get(key);
  if (colour === undefined) {
    colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    known.set(key, colour);
  }
  return colour;
}
