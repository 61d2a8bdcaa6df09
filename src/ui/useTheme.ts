// The colours in force: the reader's choice, else the system's. Set on the document for the style sheets to read.
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
