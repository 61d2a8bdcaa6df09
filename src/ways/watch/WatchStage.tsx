// The picture of Watch: the text, the memory, and the decision in one head.
import type { WayProps } from "../wayProps";
import { watchWords } from "../../words/en/watch";

export function WatchStage({ shown }: WayProps) {
  return (
    <>
      <section className="watch-card watch-text" aria-label={watchWords.told}>
        {shown === null && <p className="muted">{watchWords.loading}</p>}
      </section>
      <section className="watch-card watch-memory" aria-label={watchWords.places} />
      <section className="watch-card watch-decision" aria-label={watchWords.decision} />
      <section className="watch-card watch-note" />
    </>
  );
}
