// Which arrangement the stage has: the named ones, the user's own, and the first layout again.
import { useId, useState } from "react";
import { DropdownMenu } from "radix-ui";
import {
  arrangementLabels,
  arrangementNames,
  namedArrangement,
  type Arrangement,
  type ArrangementName,
} from "../../state/arrangement";
import {
  LONGEST_TITLE,
  readOwnArrangements,
  renamedArrangement,
  withOwnArrangement,
  withoutOwnArrangement,
  type OwnArrangement,
} from "../../state/ownArrangements";
import { Sheet } from "../../ui/Sheet";
import { useKept } from "../../ui/useKept";

interface ArrangementMenuProps {
  readonly arrangement: Arrangement;
  readonly onArrange: (arrangement: Arrangement) => void;
}

const tips: Readonly<Record<ArrangementName, string>> = {
  overview: "Every panel: text, map and scores first",
  decision: "Who is evicted, and why",
  compare: "Lanes side by side",
  mask: "What each step can see, and how far windows agree",
  lives: "How long each token lives in which heads",
  pitfalls: "Which instruction is forgotten first",
};

export function ArrangementMenu({ arrangement, onArrange }: ArrangementMenuProps) {
  const [own, setOwn] = useKept("winnow.arrangements", readOwnArrangements);
  const [isManaged, setManaged] = useState(false);
  const text = JSON.stringify(arrangement);
  const chosen = own.find((each) => JSON.stringify(each.arrangement) === text)?.title;
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="layout-button" title="How the panels are laid out">
          <span>Layout: </span>
          {chosen ?? arrangementLabels[arrangement.name]} <span aria-hidden="true">▾</span>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
            <DropdownMenu.RadioGroup
              value={chosen === undefined ? arrangement.name : ""}
              onValueChange={(name) => onArrange(namedArrangement(name as ArrangementName))}
            >
              {arrangementNames.map((name) => (
                <DropdownMenu.RadioItem key={name} className="menu-item" value={name} title={tips[name]}>
                  <span>{arrangementLabels[name]}</span>
                  <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
            {own.length > 0 && (
              <>
                <DropdownMenu.Separator className="menu-line" />
                <DropdownMenu.RadioGroup value={chosen ?? ""} aria-label="Your own">
                  {own.map((each) => (
                    <DropdownMenu.RadioItem
                      key={each.title}
                      className="menu-item"
                      value={each.title}
                      onSelect={() => onArrange(each.arrangement)}
                    >
                      <span>{each.title}</span>
                      <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                    </DropdownMenu.RadioItem>
                  ))}
                </DropdownMenu.RadioGroup>
              </>
            )}
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.Item className="menu-item" onSelect={() => setManaged(true)}>
              Save this layout…
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => onArrange(namedArrangement(arrangement.name))}>
              Reset layout
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <Sheet name="layouts" title="Your layouts" isOpen={isManaged} onClose={() => setManaged(false)}>
        <OwnArrangements own={own} arrangement={arrangement} onOwn={setOwn} />
      </Sheet>
    </>
  );
}

interface OwnArrangementsProps {
  readonly own: readonly OwnArrangement[];
  readonly arrangement: Arrangement;
  readonly onOwn: (own: readonly OwnArrangement[]) => void;
}

function OwnArrangements({ own, arrangement, onOwn }: OwnArrangementsProps) {
  const [title, setTitle] = useState("");
  const id = useId();
  return (
    <>
      <form
        className="own-layout"
        onSubmit={(event) => {
          event.preventDefault();
          onOwn(withOwnArrangement(own, title, arrangement));
          setTitle("");
        }}
      >
        <label htmlFor={id}>Save what is on screen as</label>
        <input
          id={id}
          value={title}
          maxLength={LONGEST_TITLE}
          placeholder="a name of your choice"
          onChange={(event) => setTitle(event.target.value)}
        />
        <button type="submit" className="button-primary" disabled={title.trim() === ""}>
          Save
        </button>
      </form>
      {own.map((each) => (
        <div key={each.title} className="own-layout">
          <input
            aria-label={`Name of “${each.title}”`}
            defaultValue={each.title}
            maxLength={LONGEST_TITLE}
            onBlur={(event) => {
              const renamed = renamedArrangement(own, each.title, event.target.value);
              if (renamed === own) event.target.value = each.title;
              else onOwn(renamed);
            }}
          />
          <button
            type="button"
            aria-label={`Delete “${each.title}”`}
            onClick={() => onOwn(withoutOwnArrangement(own, each.title))}
          >
            Delete
          </button>
        </div>
      ))}
      <p className="muted">Layouts are kept in this browser.</p>
    </>
  );
}
