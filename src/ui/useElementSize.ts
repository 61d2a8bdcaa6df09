// The laid-out size of an element, so that a panel's geometry follows the page.
import { useLayoutEffect, useRef, useState, type RefObject } from "react";

export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

/** The content box in whole CSS pixels; `fallback` before the first layout. */
export function useElementSize<Kind extends HTMLElement>(fallback: ElementSize): [RefObject<Kind | null>, ElementSize] {
  const element = useRef<Kind>(null);
  const [size, setSize] = useState(fallback);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      const height = Math.floor(entry.contentRect.height);
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}
