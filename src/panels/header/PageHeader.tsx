// The page's head, the same in every view: the name, the views, what a view adds, sharing, and the menu of everything else.
import { useRef, type ReactNode } from "react";
import { DropdownMenu } from "radix-ui";
import { ways, type Way } from "../../settings/linkContent";
import { themeChoices, type ThemeChoice } from "../../ui/useTheme";
import { commandEntry, commandTip, type CommandId } from "../palette/commandTable";
import type { PageActs } from "../palette/pageActs";

const wayLabels: Readonly<Record<Way, string>> = {
  watch: "Watch",
  explore: "Explore",
  learn: "Learn",
  present: "Present",
  streams: "Streams",
};

const wayTips: Readonly<Record<Way, string>> = {
  watch: "One decision at a time, in plain words",
  explore: "Every panel and every number",
  learn: "Lessons with tasks that the page checks",
  present: "Full screen, for a lecture",
  streams: "A camera under a cap",
};

const themeLabels: Readonly<Record<ThemeChoice, string>> = {
  system: "System colours",
  light: "Light",
  dark: "Dark",
};

const menuCommands: readonly CommandId[] = [
  "share",
  "addMoment",
  "models",
  "examples",
  "library",
  "openFile",
  "recent",
  "results",
  "papers",
  "palette",
  "help",
];

interface PageHeaderProps {
  readonly way: Way;
  readonly themeChoice: ThemeChoice;
  readonly acts: PageActs;
  /** What the view adds: choices of the run, tools of its own. */
  readonly children?: ReactNode;
  readonly onWay: (way: Way) => void;
  readonly onTheme: (choice: ThemeChoice) => void;
  /** Back to what a first visit shows. */
  readonly onStart: () => void;
}

export function PageHeader({ way, themeChoice, acts, children, onWay, onTheme, onStart }: PageHeaderProps) {
  const more = useRef<HTMLButtonElement>(null);
  const chosen = useRef<CommandId | null>(null);
  /** What an entry opens takes the focus, so the focus first goes back to the menu's button. */
  const actOnceClosed = (event: Event): void => {
    event.preventDefault();
    more.current?.focus({ preventScroll: true });
    if (chosen.current !== null) acts[chosen.current]();
    chosen.current = null;
  };
  return (
    <header className="page-header">
      <h1>
        <button type="button" className="page-name" title="Back to the start" onClick={onStart}>
          <Mark />
          <span className="page-name-word">Winnow</span>
        </button>
      </h1>
      <nav className="page-ways" aria-label="Views">
        {ways.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={each === way ? "page" : undefined}
            title={wayTips[each]}
            onClick={() => onWay(each)}
          >
            {wayLabels[each]}
          </button>
        ))}
      </nav>
      <div className="page-tools">
        {children}
        <button
          type="button"
          className="page-share"
          title={commandTip("share")}
          aria-haspopup="dialog"
          onClick={acts.share}
        >
          Share
        </button>
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger asChild>
            <button
              ref={more}
              type="button"
              className="page-more"
              aria-label="More"
              title="Examples, library, colours, help"
            >
              ⋯
            </button>
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu" align="end" sideOffset={4} onCloseAutoFocus={actOnceClosed}>
              {menuCommands.map((id) => {
                const { label, keys } = commandEntry(id);
                return (
                  <DropdownMenu.Item key={id} className="menu-item" onSelect={() => (chosen.current = id)}>
                    <span>{label}</span>
                    {keys.length > 0 && <kbd>{keys[0].shown}</kbd>}
                  </DropdownMenu.Item>
                );
              })}
              <DropdownMenu.Separator className="menu-line" />
              <DropdownMenu.RadioGroup
                value={themeChoice}
                onValueChange={(choice) => onTheme(choice as ThemeChoice)}
                aria-label="Colours"
              >
                {themeChoices.map((choice) => (
                  <DropdownMenu.RadioItem key={choice} className="menu-item" value={choice}>
                    <span>{themeLabels[choice]}</span>
                    <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
                  </DropdownMenu.RadioItem>
                ))}
              </DropdownMenu.RadioGroup>
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      </div>
    </header>
  );
}

/** One grain that stays and two that fly off. */
function Mark() {
  return (
    <svg className="page-mark" width={22} height={22} viewBox="0 0 22 22" aria-hidden="true">
      <path className="mark-tray" d="M2,13a9,6.5 0 0 0 18,0z" />
      <circle className="mark-grain" cx={9} cy={9.5} r={2.6} />
      <circle className="mark-chaff" cx={14.5} cy={5.5} r={1.7} />
      <circle className="mark-chaff" cx={18} cy={2.6} r={1.1} />
    </svg>
  );
}
