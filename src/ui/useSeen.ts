// Whether an element has come into view, for content that is loaded only then.
import { useEffect, useRef, useState, type RefObject } from "react";

/** An edge at the bottom of the view does not count. */
const VIEW_MARGIN = "0px 0px -20% 0px";

/** True once the element has come into view. */
export function useSeen<Kind extends HTMLElement>(): [RefObject<Kind | null>, boolean] {
  const element = useRef<Kind>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (target === null || isSeen) return;
    const look = (entries: readonly IntersectionObserverEntry[]): void => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    };
    const observer = new IntersectionObserver(look, { rootMargin: VIEW_MARGIN });
    observer.observe(target);
    return () => observer.disconnect();
  }, [isSeen]);
  return [element, isSeen];
}
