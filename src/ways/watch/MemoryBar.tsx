// How many places of the shown head's memory are taken, against the budget.
import { stageWords } from "../../words/en/watch";

export interface MemoryBarProps {
  /** Places in use; between two whole numbers while words fall. */
  readonly used: number;
  /** Null: no limit. */
  readonly budget: number | null;
  /** The most that the bar has room for. */
  readonly most: number;
}

export function MemoryBar({ used, budget, most }: MemoryBarProps) {
  const share = (count: number): number => Math.min(1, count / most);
  const within = budget === null ? used : Math.min(used, budget);
  const count = Math.round(used);
  const words = budget === null ? stageWords.placesWithoutLimit(count) : stageWords.placesOf(count, budget);
  return (
    <section className="watch-card watch-memory" aria-label={stageWords.places}>
      <h2>{stageWords.places}</h2>
      <strong className={`watch-memory-count${budget !== null && count > budget ? " watch-memory-full" : ""}`}>
        {words}
      </strong>
      <svg className="watch-memory-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className="watch-memory-track" width={100} height={10} />
        <rect className="watch-memory-used" width={100 * share(within)} height={10} />
        {budget !== null && used > budget && (
          <rect
            className="watch-memory-over"
            x={100 * share(budget)}
            width={100 * (share(used) - share(budget))}
            height={10}
          />
        )}
        {budget !== null && (
          <rect className="watch-memory-line" x={100 * share(budget) - 0.3} width={0.6} height={10} />
        )}
      </svg>
    </section>
  );
}
