// The help sheet: keys, and how to read the page.
import { commandEntry, commandIds, panelGestures, type CommandGroup } from "../palette/commandTable";
import { Sheet } from "../../ui/Sheet";

interface HelpDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ isOpen, onClose }: HelpDialogProps) {
  return (
    <Sheet name="help" title="Keys, and how to read the page" isOpen={isOpen} onClose={onClose}>
      <div className="help-groups">
        {groupsWithKeys().map(([group, rows]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl className="help-keys">
              {rows.map(({ shown, does }) => (
                <div key={does}>
                  <dt>
                    {shown.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p>
        While it writes, a language model keeps a key and a value of every token, per layer and KV head: the KV cache.
        Here the cache has a budget. Every s steps each head scores its tokens and evicts the lowest; the newest w
        always stay. A head can never attend to a token again that it has evicted.
      </p>
      <p>
        Every figure belongs to the step on show. At an event, panels show the cache after it and mark what it evicted.{" "}
        <em>Measured now</em> and <em>recorded</em> say where a figure comes from; <em>derived</em> figures are computed
        from those on this page.
      </p>
    </Sheet>
  );
}

interface KeyRow {
  readonly shown: readonly string[];
  readonly does: string;
}

/** The commands that have a key, by group, and the gestures of single panels. */
function groupsWithKeys(): readonly (readonly [CommandGroup | "On a panel", readonly KeyRow[]])[] {
  const groups = new Map<CommandGroup | "On a panel", KeyRow[]>();
  for (const id of commandIds) {
    const { group, label, keys } = commandEntry(id);
    if (keys.length === 0) continue;
    const rows = groups.get(group) ?? [];
    rows.push({ shown: keys.map(({ shown }) => shown), does: label });
    groups.set(group, rows);
  }
  return [...groups, ["On a panel", [...panelGestures]]];
}
