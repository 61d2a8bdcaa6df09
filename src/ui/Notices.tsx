// Messages to the reader, over the page so that they move nothing. What is only news leaves by itself; what went wrong stays
// until it is dismissed.
import { useCallback, useEffect, useState } from "react";

interface NoticesProps {
  readonly notices: readonly Notice[];
  /** The same function at every drawing: another one starts the time of all news again. */
  readonly onDismiss: (id: number) => void;
}

interface Notice {
  readonly id: number;
  readonly tone: "info" | "warning" | "error";
  readonly text: string;
}

const toneLabels = { info: "Note", warning: "Warning", error: "Failed" } as const;

/** Long enough to read three sentences. */
export const NEWS_MS = 15_000;

export function Notices({ notices, onDismiss }: NoticesProps) {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const hold = {
    onPointerEnter: () => setPointed(true),
    onPointerLeave: () => setPointed(false),
    onFocus: () => setFocused(true),
    onBlur: () => setFocused(false),
  };
  // A button that goes away with its notice takes the focus with it, and not every browser says so.
  const dismiss = useCallback(
    (id: number) => {
      setFocused(false);
      onDismiss(id);
    },
    [onDismiss],
  );
  const shown = (isAlert: boolean) =>
    notices
      .filter(({ tone }) => (tone === "error") === isAlert)
      .map((notice) => <Toast key={notice.id} notice={notice} isHeld={isPointed || isFocused} onDismiss={dismiss} />);
  return (
    <div className="notices" {...hold}>
      <div role="alert">{shown(true)}</div>
      <div role="status" aria-live="polite">
        {shown(false)}
      </div>
    </div>
  );
}

interface ToastProps {
  readonly notice: Notice;
  /** The pointer rests on them, or the keyboard is at one: nothing leaves meanwhile. */
  readonly isHeld: boolean;
  readonly onDismiss: NoticesProps["onDismiss"];
}

function Toast({ notice: { id, tone, text }, isHeld, onDismiss }: ToastProps) {
  useEffect(() => {
    if (tone !== "info" || isHeld) return;
    const timer = setTimeout(() => onDismiss(id), NEWS_MS);
    return () => clearTimeout(timer);
  }, [id, tone, isHeld, onDismiss]);
  return (
    <p className={`notice notice-${tone}`}>
      <strong>{toneLabels[tone]}:</strong> {text}
      <button type="button" aria-label={`Dismiss: ${text}`} onClick={() => onDismiss(id)}>
        ✕
      </button>
    </p>
  );
}
