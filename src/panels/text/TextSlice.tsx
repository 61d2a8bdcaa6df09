// A slice of the text: token by token where somebody may look, as bare words elsewhere. What is far off thus costs next
// to nothing, and is still found by a search in the page, selected and read aloud.
import { memo, useEffect, useMemo, useRef, useState } from "react";
import type { Trace } from "../../trace/trace";
import { lineTokens, plainText, type TextState } from "./layout";
import type { NearWatch } from "./nearWatch";
import type { TextSlice as Slice } from "./slices";
import { TextLine, type TextLook } from "./TextLine";

interface TextSliceProps extends TextLook {
  readonly trace: Trace;
  readonly slice: Slice;
  readonly state: TextState;
  /** Drawn wherever the reader is. */
  readonly isDrawn: boolean;
  readonly near: NearWatch;
}

export const TextSlice = memo(function TextSlice({ trace, slice, state, isDrawn, near, ...look }: TextSliceProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => (element.current === null ? undefined : near.watch(element.current, setNear)), [near]);
  const { hasWhitespace } = look;
  const isPlain = !isDrawn && !isNear;
  const plain = useMemo(
    () => (isPlain ? plainText(trace, slice, hasWhitespace) : null),
    [isPlain, trace, slice, hasWhitespace],
  );
  if (plain !== null) {
    const style = { "--rows": plainRows(plain) } as Record<string, number>;
    return (
      <div ref={element} className="text-slice text-plain" style={style}>
        {plain}
      </div>
    );
  }
  return (
    <div ref={element} className="text-slice">
      {slice.lines.map((line) => (
        <TextLine key={line.from} tokens={lineTokens(trace, state, line)} isContinued={line.isContinued} {...look} />
      ))}
    </div>
  );
});

/** Letters that a row of the text holds in its place on a wide page. */
const ROW_LETTERS = 64;

/** Rows that bare words will take, so that the scroll bar hardly moves when they are laid out. */
function plainRows(plain: string): number {
  return plain.split("\n").reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / ROW_LETTERS)), 0);
}
