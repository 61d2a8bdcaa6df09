// Text to take away: selected when it is focused, copied by its button, or by hand where the browser refuses.
import { useId, useRef, useState } from "react";

interface CopyFieldProps {
  readonly label: string;
  readonly text: string;
  /** Lines in sight. */
  readonly rows?: number;
  /** Lines stay whole, as in code. */
  readonly isCode?: boolean;
  readonly isBusy?: boolean;
}

type CopyState = "idle" | "copied" | "refused";

export function CopyField({ label, text, rows = 4, isCode = false, isBusy = false }: CopyFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const fieldId = useId();
  // A message about one text does not hold for the next.
  const [said, setSaid] = useState<{ readonly of: string; readonly state: CopyState }>({ of: text, state: "idle" });
  const state = said.of === text ? said.state : "idle";
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid({ of: text, state: "copied" });
    } catch {
      // The text is selected: only the key press is left to the reader.
      field.current?.focus();
      field.current?.select();
      setSaid({ of: text, state: "refused" });
    }
  };
  return (
    <div className="copy">
      <label htmlFor={fieldId}>{label}</label>
      <textarea
        ref={field}
        id={fieldId}
        className="copy-text"
        readOnly
        rows={rows}
        wrap={isCode ? "off" : "soft"}
        value={text}
        aria-busy={isBusy}
        spellCheck={false}
        onFocus={(event) => event.target.select()}
      />
      <div className="copy-foot">
        <button type="button" className="button-primary" disabled={isBusy} onClick={() => void copy()}>
          Copy
        </button>
        <span className="muted">{text.length.toLocaleString("en")} characters</span>
        <span role="status" className={state === "refused" ? "copy-refused" : "copy-done"}>
          {copyWords[state]}
        </span>
      </div>
    </div>
  );
}

const copyWords: Readonly<Record<CopyState, string>> = {
  idle: "",
  copied: "✓ Copied",
  refused: "The browser does not let the page copy: press Ctrl+C (⌘C on a Mac).",
};
