// A prompt as the tokens that a brought model reads, live while somebody types.
import { useEffect, useRef, useState } from "react";
import { createTokenPreview, type PreviewedModel, type TokenOutcome, type TokenPreview } from "../../hub/tokenPreview";
import { counted } from "../../lib/counted";

interface PromptTokensProps {
  readonly text: string;
  readonly model: PreviewedModel;
}

/** Without typing. */
const QUIET_MS = 200;

export function PromptTokens({ text, model }: PromptTokensProps) {
  const [outcome, setOutcome] = useState<TokenOutcome | null>(null);
  const preview = useRef<TokenPreview | null>(null);
  useEffect(() => {
    const opened = createTokenPreview(model, setOutcome);
    preview.current = opened;
    return () => {
      opened.dispose();
      setOutcome(null);
    };
  }, [model]);
  useEffect(() => {
    const timer = setTimeout(() => preview.current?.show(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text, model]);
  return <TokenList outcome={outcome} />;
}

function TokenList({ outcome }: { readonly outcome: TokenOutcome | null }) {
  if (outcome === null) return <p className="muted prompt-tokens-count">Tokenizing the prompt…</p>;
  if ("failure" in outcome) {
    return (
      <p className="settings-problem" role="status">
        The prompt could not be tokenized: {outcome.failure}.
      </p>
    );
  }
  const { count, tokens } = outcome;
  const specialCount = tokens.filter(({ isSpecial }) => isSpecial).length;
  return (
    <details className="prompt-tokens" open>
      <summary className="prompt-tokens-count">
        {counted(count, "token")}
        {specialCount > 0 && `, ${specialCount} of them special`}
      </summary>
      <p className="prompt-tokens-text" tabIndex={0} aria-label={`The prompt as ${counted(count, "token")}`}>
        {tokens.map(({ text, isSpecial }, place) => (
          <span key={place} className={isSpecial ? "prompt-token prompt-token-special" : "prompt-token"}>
            {visibleText(text)}
          </span>
        ))}
        {count > tokens.length && <span className="muted"> and {counted(count - tokens.length, "more token")}</span>}
      </p>
    </details>
  );
}

/** Line breaks are seen and break the line. */
function visibleText(text: string): string {
  return text.replaceAll("\n", "↵\n");
}
