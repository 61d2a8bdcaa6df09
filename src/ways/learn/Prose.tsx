// A lesson's text: words of the glossary explain themselves, formulas are MathML, and places in the run can be visited.
import { useEffect, useState } from "react";
import { Tooltip } from "radix-ui";
import { glossary } from "../../words/en/glossary";
import { prosePieces, type Piece } from "./prose";

interface ProseProps {
  readonly text: string;
  /** Goes to a place in the run, as a moment writes it. */
  readonly onGo: (at: string) => void;
}

export function Prose({ text, onGo }: ProseProps) {
  return prosePieces(text).map((piece, place) => <ProsePiece key={place} piece={piece} onGo={onGo} />);
}

function ProsePiece({ piece, onGo }: { readonly piece: Piece } & Pick<ProseProps, "onGo">) {
  switch (piece.type) {
    case "text":
      return piece.text;
    case "strong":
      return <strong>{piece.text}</strong>;
    case "emphasis":
      return <em>{piece.text}</em>;
    case "token":
      return <code className="lesson-token">{piece.text}</code>;
    case "formula":
      return <Formula tex={piece.tex} isBlock={piece.isBlock} />;
    case "term":
      return <Term term={piece.term} text={piece.text} />;
    case "go":
      return (
        <button type="button" className="link-button lesson-go" onClick={() => onGo(piece.at)}>
          {piece.text}
        </button>
      );
  }
}

/** Its meaning shows on hover, on focus and on a tap. */
function Term({ term, text }: { readonly term: string; readonly text: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Tooltip.Root open={isOpen} onOpenChange={setOpen} delayDuration={150}>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          className="lesson-term"
          // A tap focuses and then presses, which would close it again.
          onClick={(event) => {
            event.preventDefault();
            setOpen(true);
          }}
        >
          {text}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="lesson-meaning" sideOffset={4} collisionPadding={8}>
          <strong>{term}</strong> {glossary[term]}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

type Render = (tex: string, isBlock: boolean) => string;
let loadedRender: Render | null = null;

async function loadRender(): Promise<Render> {
  const { default: katex } = await import("katex");
  return (tex, displayMode) => katex.renderToString(tex, { output: "mathml", displayMode, throwOnError: false });
}

/** Its source until the library that sets it is there. */
function Formula({ tex, isBlock }: { readonly tex: string; readonly isBlock: boolean }) {
  const [render, setRender] = useState<Render | null>(() => loadedRender);
  useEffect(() => {
    if (render !== null) return;
    let isCurrent = true;
    loadRender().then(
      (loaded) => {
        loadedRender = loaded;
        if (isCurrent) setRender(() => loaded);
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [render]);
  const name = isBlock ? "lesson-formula lesson-formula-block" : "lesson-formula";
  if (render === null) return <code className={name}>{tex}</code>;
  // KaTeX escapes what it is given; it writes MathML and nothing else.
  return <span className={name} dangerouslySetInnerHTML={{ __html: render(tex, isBlock) }} />;
}
