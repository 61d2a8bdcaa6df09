// The scrolled text with its two parts. A long one is drawn where the reader looks and at its end, which moves with the
// clock; the rest stands there as bare words.
import { Fragment, useRef, useState, type PointerEvent } from "react";
import type { Trace } from "../../trace/trace";
import type { SelectionHandlers } from "../selection";
import { textSummary, type TextState } from "./layout";
import { createNearWatch } from "./nearWatch";
import { textSlices, type TextSlice as Slice } from "./slices";
import type { TextLook } from "./TextLine";
import { TextSlice } from "./TextSlice";
import { usePrinting } from "./usePrinting";
import { useKeepEndInView, usePinnedInView } from "./useTextScroll";

interface TextBodyProps extends TextLook, SelectionHandlers {
  readonly trace: Trace;
  readonly state: TextState;
}

/** A text of so many tokens is drawn whole. */
const SHORT_TEXT = 640;

/** Tokens at the end that are drawn with the step itself: a view of them. */
const END_TOKENS = 240;

const partTitles: Readonly<Record<Slice["part"], string>> = { prompt: "Prompt", reasoning: "Reasoning" };

export function TextBody({ trace, state, onHover, onPin, ...look }: TextBodyProps) {
  const { step } = state;
  const { pinned } = look;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const [near] = useState(() => createNearWatch(".text-scroller"));
  const isPrinting = usePrinting();
  useKeepEndInView({ scroller, content, end });
  usePinnedInView(scroller, pinned);
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
      aria-label="Prompt and reasoning"
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
              <h3 className="text-part">{partTitles[slice.part]}</h3>
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
