// The marks in a lesson's text, and the pieces that they stand for. Pure.
//
//   **strong** *emphasis* `token` $formula$ [[budget]] [[keep|kept]] [go to the event](at:step:48,layer:2,head:0)
//   $$a formula on a line of its own$$
import { parsePlace } from "../../state/moment";
import { glossary } from "../../words/en/glossary";

export type Piece =
  | { readonly type: "text" | "strong" | "emphasis" | "token"; readonly text: string }
  | { readonly type: "formula"; readonly tex: string; readonly isBlock: boolean }
  /** A word of the glossary, shown as `text`. */
  | { readonly type: "term"; readonly term: string; readonly text: string }
  /** A place in the run on the stage. */
  | { readonly type: "go"; readonly at: string; readonly text: string };

const marks =
  /\*\*(?<strong>[^*]+)\*\*|\*(?<emphasis>[^*]+)\*|`(?<token>[^`]+)`|\$\$(?<block>[^$]+)\$\$|\$(?<formula>[^$]+)\$|\[\[(?<term>[^\]|]+)(?:\|(?<shown>[^\]]+))?\]\]|\[(?<go>[^\]]+)\]\(at:(?<at>[^)]+)\)/g;

export function prosePieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > end) pieces.push({ type: "text", text: text.slice(end, match.index) });
    pieces.push(pieceOf(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ type: "text", text: text.slice(end) });
  return pieces;
}

function pieceOf(groups: Readonly<Partial<Record<string, string>>>): Piece {
  const { strong, emphasis, token, block, formula, term, shown, go, at } = groups;
  if (strong !== undefined) return { type: "strong", text: strong };
  if (emphasis !== undefined) return { type: "emphasis", text: emphasis };
  if (token !== undefined) return { type: "token", text: token };
  if (block !== undefined) return { type: "formula", tex: block, isBlock: true };
  if (formula !== undefined) return { type: "formula", tex: formula, isBlock: false };
  if (term !== undefined) return { type: "term", term, text: shown ?? term };
  return { type: "go", at: at ?? "", text: go ?? "" };
}

/** What is wrong with a text, null for nothing. */
export function proseComplaint(text: string): string | null {
  for (const piece of prosePieces(text)) {
    if (piece.type === "term" && !Object.hasOwn(glossary, piece.term)) {
      return `expected a word of the glossary in [[ ]], found “${piece.term}”; there are ${Object.keys(glossary).join(", ")}`;
    }
    if (piece.type === "go") {
      const [complaint] = parsePlace(piece.at).complaints;
      if (complaint !== undefined) return `expected a place such as at:step:48,layer:2,head:0; ${complaint}`;
    }
    if (piece.type === "text" && /\$|\[\[|\]\]|`/.test(piece.text)) {
      return `expected marks in pairs, found “${piece.text.slice(0, 40)}”`;
    }
  }
  return null;
}

/** The text without its marks: for titles, tests and reading aloud. */
export function plainProse(text: string): string {
  return prosePieces(text)
    .map((piece) => (piece.type === "formula" ? piece.tex : piece.text))
    .join("");
}
