// Where the text is scrolled to: at its end as it grows, unless the reader has scrolled up; at the pinned token when
// one is pinned that is out of sight. Sizes are read where the browser has them at hand, never within a step.
import { useEffect, type RefObject } from "react";

/** This near to the end the reader is taken to follow it, in CSS pixels. */
const END_SLACK = 48;

interface TextElements {
  readonly scroller: RefObject<HTMLElement | null>;
  /** All that scrolls in it. */
  readonly content: RefObject<HTMLElement | null>;
  /** Stands behind the last token. */
  readonly end: RefObject<HTMLElement | null>;
}

export function useKeepEndInView({ scroller, content, end }: TextElements): void {
  useEffect(() => {
    const [frame, all, last] = [scroller.current, content.current, end.current];
    if (frame === null || all === null || last === null) return;
    let isAtEnd = true;
    // Both observers are told after layout, when sizes are at hand: growth first, then what is in sight of it.
    const growth = new ResizeObserver(() => {
      if (isAtEnd) frame.scrollTop = frame.scrollHeight;
    });
    const sight = new IntersectionObserver((entries) => (isAtEnd = entries[entries.length - 1].isIntersecting), {
      root: frame,
      rootMargin: `0px 0px ${END_SLACK}px 0px`,
    });
    growth.observe(all);
    growth.observe(frame);
    sight.observe(last);
    return () => {
      growth.disconnect();
      sight.disconnect();
    };
  }, [scroller, content, end]);
}

export function usePinnedInView(scroller: RefObject<HTMLElement | null>, pinned: number | null): void {
  useEffect(() => {
    const frame = scroller.current;
    if (frame === null || pinned === null) return;
    const token = frame.querySelector(`[data-position="${pinned}"]`);
    if (token === null) return;
    const seen = frame.getBoundingClientRect();
    const { top, bottom } = token.getBoundingClientRect();
    if (top >= seen.top && bottom <= seen.bottom) return;
    // Only the text moves: the page stays where the reader clicked.
    frame.scrollBy({ top: (top + bottom) / 2 - (seen.top + seen.bottom) / 2 });
  }, [scroller, pinned]);
}
