// The colours in force: the reader's choice, else the system's. Set on the document for the style sheets; canvases, which
// cannot name custom properties, read them here.

import { useEffect, useInsertionEffect, useState } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { Theme } from "./scale";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export function useTheme(choice: ThemeChoice): Theme {
  const [isSystemDark, setSystemDark] = useState(() => darkQuery().matches);
  useEffect(() => {
    const query = darkQuery();
    const follow = (): void => setSystemDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const isPictureTaken = useStore(pictures, ({ areTaken }) => areTaken);
  const isDark = !isPictureTaken && (choice === "dark" || (choice === "system" && isSystemDark));
  const theme: Theme = isDark ? "dark" : "light";
  // Before the layout effects in which canvases read their colours.
  useInsertionEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return theme;
}

/** As set on the document. */
export function isPageDark(): boolean {
  return document.documentElement.dataset.theme === "dark";
}

/** Whether pictures are being taken in light colours right now. */
const pictures = createStore(() => ({ areTaken: false }));

/** Shows the page in light colours while `take` takes a picture of it, for as few frames as it takes to draw it. */
export async function inLightColours<Picture>(take: () => Picture): Promise<Picture> {
  pictures.setState({ areTaken: true });
  try {
    for (let frame = 0; frame < 4; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    return take();
  } finally {
    pictures.setState({ areTaken: false });
  }
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
