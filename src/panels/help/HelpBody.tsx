// What the help sheet says: what the page is for and how to read it, then the keys.
import { commandEntry, commandIds, panelGestures, showKeys, type CommandGroup } from "../palette/commandTable";

interface HelpBodyProps {
  /** Opens what differs from the papers. */
  readonly onPapers: () => void;
}

export function HelpBody({ onPapers }: HelpBodyProps) {
  return (
    <>
      <ol className="help-lines">
        <li>
          A language model keeps a key and a value for every token it has read, in each layer and KV head: the{" "}
          <strong>KV cache</strong>. The cache grows with the text; here it has a <strong>budget</strong>.
        </li>
        <li>
          Every few steps comes an <strong>event</strong>: each head scores its tokens, keeps the best, and evicts the
          rest for good. The newest tokens, the <strong>window</strong>, always stay.
        </li>
        <li>
          A token that a head has evicted can never be read by that head again. The paler a token, the fewer heads hold
          it; struck out, none does. Where it held a fact, the answer goes wrong: this page shows when, where and why.
        </li>
        <li>
          Everything on screen belongs to one step of one run. Move through it with the timeline, or press <b>Run</b> to
          compute your own.
        </li>
        <li>
          Point at a token to see it in every panel; click to pin it. <b>Why</b> then says what decided.
        </li>
      </ol>
      <p>
        Each panel’s menu (⋯) explains it.{" "}
        <button type="button" className="link-button" onClick={onPapers}>
          What differs from the papers
        </button>
      </p>
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
    </>
  );
}

type KeyGroup = CommandGroup | "Presenting" | "On a panel";

interface KeyRow {
  readonly shown: readonly string[];
  readonly does: string;
}

/** The commands that have a key, by group, and the gestures of single panels. */
function groupsWithKeys(): readonly (readonly [KeyGroup, readonly KeyRow[]])[] {
  const groups = new Map<KeyGroup, KeyRow[]>();
  for (const id of commandIds) {
    const { group, label, keys } = commandEntry(id);
    if (keys.length === 0) continue;
    const rows = groups.get(group) ?? [];
    rows.push({ shown: keys.map(({ shown }) => shown), does: label });
    groups.set(group, rows);
  }
  return [...groups, ["Presenting", [...showKeys]], ["On a panel", [...panelGestures]]];
}
