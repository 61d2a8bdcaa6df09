// The search for heads: a token by its text, then the heads that keep it.
import { memo, useState, type SyntheticEvent } from "react";
import type { Trace } from "../../trace/trace";
import type { Focus } from "../focus";
import { TokenHeads } from "./TokenHeads";
import { findToken } from "./keepingHeads";
import "./heads.css";

interface FindHeadsProps {
  readonly trace: Trace;
  readonly step: number;
  readonly pinned: number | null;
  readonly focus: Focus;
  readonly onFocus: (focus: Focus) => void;
  readonly onPin: (position: number) => void;
}

export const FindHeads = memo(function FindHeads({ trace, step, pinned, focus, onFocus, onPin }: FindHeadsProps) {
  const [words, setWords] = useState("");
  const [isMissing, setMissing] = useState(false);
  const find = (event: SyntheticEvent): void => {
    event.preventDefault();
    const found = findToken(trace, step, words, pinned);
    setMissing(found === null);
    if (found !== null && found !== pinned) onPin(found);
  };
  return (
    <div className="find-heads">
      <form role="search" onSubmit={find}>
        <input
          type="search"
          aria-label="Find the heads that keep a token"
          placeholder="Find a token"
          value={words}
          onChange={({ target }) => {
            setWords(target.value);
            setMissing(false);
          }}
        />
      </form>
      {isMissing ? (
        <span role="status">No token so far has this text.</span>
      ) : pinned === null ? (
        <span className="muted" data-not-exported>
          or click a token anywhere
        </span>
      ) : (
        <TokenHeads {...{ trace, step, focus, onFocus }} position={pinned} />
      )}
    </div>
  );
});
