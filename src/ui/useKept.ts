// A state that outlives a visit, where the browser lets it.
import { useState } from "react";

/** `read` turns what was kept into a value; null was kept by nobody, or is refused. */
export function useKept<Value>(key: string, read: (kept: unknown) => Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => read(keptJson(key)));
  return [
    value,
    (next) => {
      setValue(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Full or refused: it lasts as long as the page.
      }
    },
  ];
}

function keptJson(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
