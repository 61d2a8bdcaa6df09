// A slice of the text: token by token near the reader, as plain words elsewhere. Distant text thus costs next to nothing, and
// can still be searched, selected and read aloud.

import { Fragment, memo, useEffect, useMemo, useRef, useState } from "react";
import type { Trace } from "../../trace/trace";
import { isPunctuation } from "../tokenFacts";
import type { TextState, TextToken } from "./layout";
import { isSameLine, lineTokens, plainText, tokenWords } from "./layout";
import type { TextSlice as Slice } from "./slices";

interface TextSliceProps extends TextLook {
  readonly trace: Trace;
  readonly slice: Slice;
  readonly state: TextState;
  /** Always drawn in full, wherever the reader is. */
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

/** Letters per row of the text on a wide page. */
const ROW_LETTERS = 64;

/** Rows that plain words will take, so that the scroll bar hardly moves when they are laid out. */
function plainRows(plain: string): number {
  return plain.split("\n").reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / ROW_LETTERS)), 0);
}

/** What is highlighted, and how tokens are drawn. */
export interface TextLook {
  readonly hovered: number | null;
  readonly pinned: number | null;
  readonly hasWhitespace: boolean;
  /** Regret of each position as a share of the greatest; null if the fill shows what is held. */
  readonly regret: ((position: number) => number) | null;
}

interface TextLineProps extends TextLook {
  readonly tokens: readonly TextToken[];
  readonly isContinued: boolean;
}

const TextLine = memo(
  function TextLine({ tokens, isContinued, hasWhitespace, ...look }: TextLineProps) {
    return (
      <p className={isContinued ? "text-line text-line-continued" : "text-line"}>
        {tokens.map((token, place) => {
          const { space: before, label } = tokenWords(token.text, hasWhitespace);
          const space = place > 0 && isPunctuation(label) ? unbroken(before) : before;
          return (
            <Fragment key={token.position}>
              {hasWhitespace ? <span className="token-space">{space}</span> : space}
              <span className={tokenClass(token, look)} data-position={token.position}>
                {label}
              </span>
            </Fragment>
          );
        })}
      </p>
    );
  },
  (before, after) =>
    isSameLine(before.tokens, after.tokens) &&
    before.isContinued === after.isContinued &&
    before.hasWhitespace === after.hasWhitespace &&
    before.regret === after.regret &&
    isSamePlace(before.hovered, after.hovered, after.tokens) &&
    isSamePlace(before.pinned, after.pinned, after.tokens),
);

/** White space at which no line ends. */
function unbroken(space: string): string {
  return space.replaceAll("\u200b", "").replaceAll(" ", "\u00a0");
}

/** A position that moved elsewhere in the text does not change a line. */
function isSamePlace(before: number | null, after: number | null, tokens: readonly TextToken[]): boolean {
  const has = (position: number | null): boolean =>
    position !== null && position >= tokens[0].position && position <= tokens[tokens.length - 1].position;
  return before === after || (!has(before) && !has(after));
}

/** Grades of fill that the eye can tell apart; each is a class in text.css. */
const GRADES = 16;

/** Grades of a tint, which lies over a fill: 1 to 4. */
function tintGrade(share: number): number {
  return Math.max(1, Math.round(4 * share));
}

function tokenClass(token: TextToken, { hovered, pinned, regret }: Omit<TextLook, "hasWhitespace">): string {
  const { position, share, carried, read, isNewest } = token;
  let name = "token";
  if (isNewest) name += " token-newest";
  else {
    name += ` share-${Math.round((regret === null ? read : regret(position)) * GRADES)}`;
    if (share === 0 && carried === 0) name += " token-evicted";
    if (regret !== null) name += " token-regret";
    if (carried > 0) name += ` token-carried carried-${tintGrade(carried)}`;
    if (carried > 0 && share === 0) name += " token-only-carried";
    if (share > read) name += ` token-unread unread-${tintGrade(share - read)}`;
  }
  if (token.isInWindow) name += " token-window";
  if (token.isBeingEvicted) name += " token-evicting";
  if (token.isBeingMerged) name += " token-merging";
  if (position === hovered) name += " token-hovered";
  if (position === pinned) name += " token-pinned";
  return name;
}

interface NearWatch {
  /** Reports whether the element is near, now and on every change; returns a function that stops it. */
  readonly watch: (element: HTMLElement, onNear: (isNear: boolean) => void) => () => void;
}

/** Drawn ahead of the reader: more than one turn of the wheel. */
const AHEAD = "400px 0px";

/** An element that is near for less time is not drawn: playback has moved on. */
const SETTLE_MS = 80;

export function createNearWatch(scrollerSelector: string): NearWatch {
  const listeners = new Map<Element, (isNear: boolean) => void>();
  const latest = new Map<Element, boolean>();
  let observer: IntersectionObserver | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const report = (): void => {
    for (const [element, isNear] of latest) listeners.get(element)?.(isNear);
    latest.clear();
  };
  const look = (entries: readonly IntersectionObserverEntry[]): void => {
    for (const { target, isIntersecting } of entries) latest.set(target, isIntersecting);
    clearTimeout(timer);
    timer = setTimeout(report, SETTLE_MS);
  };
  return {
    watch(element, onNear) {
      observer ??= new IntersectionObserver(look, { root: element.closest(scrollerSelector), rootMargin: AHEAD });
      listeners.set(element, onNear);
      observer.observe(element);
      return () => {
        listeners.delete(element);
        latest.delete(element);
        observer?.unobserve(element);
        if (listeners.size > 0) return;
        observer?.disconnect();
        observer = null;
        clearTimeout(timer);
      };
    },
  };
}
