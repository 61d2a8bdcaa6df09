// fetch.html in a frame: the document that downloads. It is not there before somebody asks for a download.
import { useEffect, useRef, useState } from "react";
import { wishText, type FetchAnswer, type FetchWish } from "../../hub/fetchWish";

interface FetchFrameProps {
  readonly wish: FetchWish;
  readonly onKept: (key: string) => void;
  readonly onBusy: (isBusy: boolean) => void;
}

/** Of the frame, in CSS pixels; beyond the largest it scrolls. */
const LEAST = 80;
const LARGEST = 560;

/** A document that says nothing for so long did not load. */
const PATIENCE_MS = 15_000;

export function FetchFrame({ wish, onKept, onBusy }: FetchFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [state, setState] = useState<"opening" | "opened" | "silent">("opening");
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setState((now) => (now === "opening" ? "silent" : now)), PATIENCE_MS);
    const hear = ({ source, origin, data }: MessageEvent<{ winnowFetch?: FetchAnswer } | null>): void => {
      if (origin !== location.origin || source !== frame.current?.contentWindow) return;
      const answer = data?.winnowFetch;
      if (answer?.type === "opened") setState("opened");
      if (answer?.type === "height") setHeight(answer.height);
      if (answer?.type === "busy") onBusy(answer.isBusy);
      if (answer?.type === "kept") onKept(answer.key);
    };
    window.addEventListener("message", hear);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
    };
  }, [onKept, onBusy]);
  return (
    <div className="models-fetch">
      {state === "silent" && (
        <p className="notice notice-error" role="alert">
          The document that downloads did not load. Check the connection, then close this and try again.
        </p>
      )}
      <iframe
        ref={frame}
        title="Download of a model"
        src={`fetch.html#${wishText(wish)}`}
        style={{ height: Math.min(LARGEST, Math.max(LEAST, height)) }}
      />
    </div>
  );
}
