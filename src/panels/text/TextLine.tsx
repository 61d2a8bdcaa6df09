// One line of the text, drawn again only when one of its tokens looks different.
import { Fragment, memo } from "react";
import { isSameLine, tokenWords, type TextToken } from "./layout";

/** What is lit, and how everything is drawn. */
export interface TextLook {
  readonly hovered: number | null;
  readonly pinned: number | null;
  readonly hasWhitespace: boolean;
  /** Regret of each position as a share of the greatest, null where the fill tells who is held. */
  readonly regret: ((position: number) => number) | null;
}

interface TextLineProps extends TextLook {
  readonly tokens: readonly TextToken[];
  readonly isContinued: boolean;
}

export const TextLine = memo(
  function TextLine({ tokens, isContinued, hasWhitespace, ...look }: TextLineProps) {
    return (
      <p className={isContinued ? "text-line text-line-continued" : "text-line"}>
        {tokens.map((token) => {
          const { space, label } = tokenWords(token.text, hasWhitespace);
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

/** A position that moved elsewhere in the text leaves a line as it was. */
function isSamePlace(before: number | null, after: number | null, tokens: readonly TextToken[]): boolean {
  const has = (position: number | null): boolean =>
    position !== null && position >= tokens[0].position && position <= tokens[tokens.length - 1].position;
  return before === after || (!has(before) && !has(after));
}

/** As many grades of the fill as an eye tells apart; each is a class of its own in text.css. */
const GRADES = 16;

function tokenClass(token: TextToken, { hovered, pinned, regret }: Omit<TextLook, "hasWhitespace">): string {
  const { position, share, isNewest } = token;
  let name = "token";
  if (isNewest) name += " token-newest";
  else {
    name += ` share-${Math.round((regret === null ? share : regret(position)) * GRADES)}`;
    if (share === 0) name += " token-gone";
    if (regret !== null) name += " token-regret";
  }
  if (token.isInWindow) name += " token-window";
  if (token.isLeaving) name += " token-leaving";
  if (position === hovered) name += " token-hovered";
  if (position === pinned) name += " token-pinned";
  return name;
}
