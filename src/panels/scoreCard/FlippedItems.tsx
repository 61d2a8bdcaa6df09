// The items that flipped under a method: right with the full cache and now wrong, and the other way round. Each is a run.
import {
  cardItem,
  type CardRow,
  type CardSources,
  type OwnEntries,
  type SuiteScore,
} from "../../state/storedScoreCard";
import type { PanelPage } from "../definePanel";

interface FlippedItemsProps {
  readonly row: CardRow;
  readonly sources: CardSources;
  readonly own: OwnEntries;
  readonly onRun: PanelPage["onRun"];
  readonly onStream: PanelPage["onStream"];
}

export function FlippedItems({ row, ...rest }: FlippedItemsProps) {
  return (
    <section className="card-flips" aria-label={`Items that flipped under ${row.label}`}>
      <h3>{row.label}: items that flipped</h3>
      <div className="card-flip-suites">
        {row.suites.map((score) => (
          <SuiteFlips key={score.suite} score={score} {...rest} />
        ))}
      </div>
    </section>
  );
}

type SuiteFlipsProps = Omit<FlippedItemsProps, "row"> & { readonly score: SuiteScore };

/** Items that show at once. */
const FIRST_ITEMS = 6;

function SuiteFlips({ score, ...rest }: SuiteFlipsProps) {
  const { suite, entry, lost, gained } = score;
  if (entry === null) {
    return (
      <div>
        <h4>{suite}</h4>
        <p>Not run.</p>
      </div>
    );
  }
  const count = entry.outcomes.length;
  const list = (items: readonly number[], name: string) => <Items items={items} name={name} entry={entry} {...rest} />;
  return (
    <div>
      <h4>
        {suite} <span className="panel-subtitle">{count === 1 ? "1 item" : `${count} items`}</span>
      </h4>
      {list(lost, "right → wrong")}
      {list(gained, "wrong → right")}
    </div>
  );
}

interface ItemsProps extends Omit<SuiteFlipsProps, "score"> {
  readonly items: readonly number[];
  readonly name: string;
  readonly entry: NonNullable<SuiteScore["entry"]>;
}

function Items({ items, name, entry, sources, own, onRun, onStream }: ItemsProps) {
  const button = (item: number) => {
    const { name: itemName, choices, stream } = cardItem(sources, entry, { item, own: own.problems.get(entry) });
    return (
      <li key={item}>
        {choices === null && stream === undefined ? (
          itemName
        ) : (
          <button
            type="button"
            title="Run it under this method, the full cache beside it"
            onClick={() => {
              if (stream !== undefined) onStream(stream);
              if (choices !== null) onRun(choices, [{ policyId: "fullCache" }]);
            }}
          >
            {itemName}
          </button>
        )}
      </li>
    );
  };
  const [first, more] = [items.slice(0, FIRST_ITEMS), items.slice(FIRST_ITEMS)];
  return (
    <>
      <p>
        {name}: {items.length}
      </p>
      {first.length > 0 && <ul>{first.map(button)}</ul>}
      {more.length > 0 && (
        <details>
          <summary>{more.length} more</summary>
          <ul>{more.map(button)}</ul>
        </details>
      )}
    </>
  );
}
