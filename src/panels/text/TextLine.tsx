// One line of the text, drawn again only when one of its tokens looks different.
import { memo } from "react";
import { tokenLabel } from "../tokenFacts";
import { isSameLine, type TextToken } from "./layout";

interface TextLineProps {
  readonly tokens: readonly TextToken[];
  readonly hovered: number | null;
  readonly pinned: number | null;
  readonly hasWhitespace: boolean;
  /** Regret of each position as a share of the greatest, null where the fill tells who is held. */
  readonly regret: ((position: number) => number) | null;
}

export const TextLine = memo(
  function TextLine({ tokens, hovered, pinned, hasWhitespace, regret }: TextLineProps) {
    return (
      <p className="text-line">
        {tokens.map((token) => (
          <Token
            key={token.position}
            {...token}
            isHovered={token.position === hovered}
            isPinned={token.position === pinned}
            hasWhitespace={hasWhitespace}
            regret={regret === null ? null : regret(token.position)}
          />
        ))}
      </p>
    );
  },
  (before, after) =>
    isSameLine(before.tokens, after.tokens) &&
    before.hasWhitespace === after.hasWhitespace &&
    before.regret === after.regret &&
    isSamePlace(before.hovered, after.hovered, after.tokens) &&
    isSamePlace(before.pinned, after.pinned, after.tokens),
);

/** A position that moved elsewhere in the text leaves a line as it was. */
function isSamePlace(before: number | null, after: number | null, tokens: readonly TextToken[]): boolean {
  const has = (position: number | null): boolean =>
    position !== null && position >= tokens[0].position && position <= tokens[tokens.length - 1].position;
  return before === after || (!has(before) && !has(after));
}

interface TokenProps extends TextToken {
  readonly isHovered: boolean;
  readonly isPinned: boolean;
  readonly hasWhitespace: boolean;
  /** Share of the greatest regret, null where the fill tells who is held. */
  readonly regret: number | null;
}

function Token({ position, text, share, isInWindow, isLeaving, isNewest, regret, ...marks }: TokenProps) {
  const leading = text.slice(0, text.length - text.trimStart().length) || " ";
  const isGone = share === 0;
  const classes = [
    "token",
    isNewest ? "token-newest" : isGone ? "token-gone" : "",
    regret !== null && !isNewest ? "token-regret" : "",
    isInWindow ? "token-window" : "",
    isLeaving ? "token-leaving" : "",
    marks.isHovered ? "token-hovered" : "",
    marks.isPinned ? "token-pinned" : "",
  ];
  // Sixteen grades are as many as an eye tells apart.
  const grade = Math.round((regret ?? share) * 16) / 16;
  return (
    <>
      {marks.hasWhitespace ? <span className="token-space">{visibleSpace(leading)}</span> : leading}
      <span
        className={classes.filter(Boolean).join(" ")}
        data-position={position}
        style={isNewest ? undefined : ({ "--share": grade } as Record<string, number>)}
      >
        {tokenLabel(text)}
      </span>
    </>
  );
}

/** A break may follow each mark, or a line of tokens could not wrap. */
function visibleSpace(space: string): string {
  return space.replaceAll(/[\t\n ]/g, (letter) => `${letter === "\n" ? "⏎" : letter === "\t" ? "⇥" : "·"}\u200b`);
}
