// The scrolling text in its two parts. A long text is drawn in full only where the reader looks and at its end, which moves
// with the clock; the rest is plain words. In print, everything is drawn.

import type { PointerEvent, RefObject } from "react";
import { Fragment, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Trace } from "../../trace/trace";
import type { SelectionHandlers } from "../selection";
import { thinksFirst } from "../tokenFacts";
import type { TextLook } from "./TextSlice";
import { createNearWatch, TextSlice } from "./TextSlice";
import type { TextState } from "./layout";
import { textSummary } from "./layout";
import type { TextSlice as Slice } from "./slices";
import { textSlices } from "./slices";

interface TextBodyProps extends TextLook, SelectionHandlers {
  readonly trace: Trace;
  readonly state: TextState;
}

/** A text of at most so many tokens is drawn in full. */
const SHORT_TEXT = 640;

/** Tokens at the end that are always drawn: about a screenful. */
const END_TOKENS = 240;

function partTitle(part: Slice["part"], trace: Trace): string {
  if (part === "prompt") return "Prompt";
  return thinksFirst(trace) ? "Reasoning" : "Generated";
}

export function TextBody({ trace, state, onHover, onPin, ...look }: TextBodyProps) {
  const { step } = state;
  const { pinned } = look;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const [near] = useState(() => createNearWatch(".text-scroller"));
  const isPrinting = usePrinting();
  const followsEndRef = useRef(true);
  useKeepEndInView({ scroller, content, end, followsEndRef });
  usePinnedInView({ scroller, followsEndRef }, pinned);
  const tokenCount = trace.header.promptTokens.length + step + 1;
  const slices = textSlices(trace, step);
  const drawnFrom = isPrinting || tokenCount <= SHORT_TEXT ? 0 : tokenCount - END_TOKENS;
  const isDrawn = ({ lines }: Slice): boolean => {
    const [from, to] = [lines[0].from, lines[lines.length - 1].to];
    return to > drawnFrom || (pinned !== null && pinned >= from && pinned < to);
  };
  const hover = (event: PointerEvent): void => {
    onHover(positionUnder(event), { x: event.clientX, y: event.clientY });
  };
  return (
    <div
      ref={scroller}
      className="text-scroller"
      role="region"
      aria-label="Prompt and generated text"
      aria-description={textSummary(trace, step)}
      tabIndex={0}
      onPointerMove={hover}
      onPointerLeave={() => onHover(null)}
      onClick={(event) => {
        const position = positionUnder(event);
        if (position !== null) onPin(position);
      }}
    >
      <div ref={content}>
        {slices.map((slice, place) => (
          <Fragment key={slice.lines[0].from}>
            {(place === 0 || slice.part !== slices[place - 1].part) && (
              <h3 className="text-part">{partTitle(slice.part, trace)}</h3>
            )}
            <TextSlice trace={trace} slice={slice} state={state} isDrawn={isDrawn(slice)} near={near} {...look} />
          </Fragment>
        ))}
        <div ref={end} />
      </div>
    </div>
  );
}

function positionUnder({ target }: { readonly target: EventTarget }): number | null {
  const position = target instanceof HTMLElement ? target.dataset.position : undefined;
  return position === undefined ? null : Number(position);
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    // The browser captures the page as soon as the event is over.
    const begin = (): void => flushSync(() => setPrinting(true));
    const end = (): void => setPrinting(false);
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
    return () => {
      window.removeEventListener("beforeprint", begin);
      window.removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
}

/** Within so many CSS pixels of the end, the reader is taken to follow it. */
const END_SLACK = 48;

interface TextElements {
  readonly scroller: RefObject<HTMLElement | null>;
  /** Everything that scrolls in it. */
  readonly content: RefObject<HTMLElement | null>;
  /** After the last token. */
  readonly end: RefObject<HTMLElement | null>;
  /** The reader follows the end. */
  readonly followsEndRef: RefObject<boolean>;
}

function useKeepEndInView({ scroller, content, end, followsEndRef }: TextElements): void {
  useEffect(() => {
    const [frame, all, last] = [scroller.current, content.current, end.current];
    if (frame === null || all === null || last === null) return;
    followsEndRef.current = true;
    // Both observers run after layout, when sizes are known: growth first, then what is in sight.
    const growth = new ResizeObserver(() => {
      if (followsEndRef.current) frame.scrollTop = frame.scrollHeight;
    });
    const sight = new IntersectionObserver(
      (entries) => (followsEndRef.current = entries[entries.length - 1].isIntersecting),
      {
        root: frame,
        rootMargin: `0px 0px ${END_SLACK}px 0px`,
      },
    );
    growth.observe(all);
    growth.observe(frame);
    sight.observe(last);
    return () => {
      growth.disconnect();
      sight.disconnect();
    };
  }, [scroller, content, end, followsEndRef]);
}

function usePinnedInView(
  { scroller, followsEndRef }: Pick<TextElements, "scroller" | "followsEndRef">,
  pinned: number | null,
): void {
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
    // Text that has grown in this very frame must not take it out of sight again.
    if (frame.scrollHeight - frame.clientHeight - frame.scrollTop > END_SLACK) followsEndRef.current = false;
  }, [scroller, followsEndRef, pinned]);
}
