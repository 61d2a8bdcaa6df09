// A few of a list, by tick boxes; they keep the list's order.

interface TickListProps<Item extends string> {
  readonly title: string;
  readonly items: readonly Item[];
  readonly labels: Readonly<Record<Item, string>>;
  readonly ticked: readonly Item[];
  /** So many stay ticked. */
  readonly least?: number;
  readonly onTicked: (ticked: readonly Item[]) => void;
}

export function TickList<Item extends string>(props: TickListProps<Item>) {
  const { title, items, labels, ticked, least = 0, onTicked } = props;
  return (
    <fieldset className="tick-list">
      <legend>{title}</legend>
      {items.map((item) => {
        const isTicked = ticked.includes(item);
        return (
          <label key={item}>
            <input
              type="checkbox"
              checked={isTicked}
              disabled={isTicked && ticked.length <= least}
              onChange={() => onTicked(items.filter((other) => ticked.includes(other) !== (other === item)))}
            />
            {labels[item]}
          </label>
        );
      })}
    </fieldset>
  );
}
