// The width of an element as it is laid out, so that a panel's geometry follows the page.
import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** The width in CSS pixels, `fallback` before the first layout. */
export function useElementWidth<Kind extends HTMLElement>(fallback: number): [RefObject<Kind | null>, number] {
  const element = useRef<Kind>(null);
  const [width, setWidth] = useState(fallback);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
