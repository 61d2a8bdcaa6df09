// The content of the command palette: the search and what it finds. Loaded, with the list box library, when the browser is
// idle or when the palette is opened.
import { Command } from "cmdk";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { foundCommands, stepSearched } from "./foundCommands";
import type { PageStore } from "../../state/pageStore";
import type { PageActs } from "./pageActs";
import { goToPanel } from "../stage/showPanel";
import { pageCommands, stepCommand, type PageCommand, type ThemeAccess } from "./pageCommands";

export interface PaletteBodyProps {
  /** The commands in the page's current state; read when the palette opens. */
  readonly commands: () => readonly PageCommand[];
  readonly stepCommand: (step: number) => PageCommand;
  /** What was typed before this had loaded. */
  readonly typed: string;
  readonly onChoose: (command: PageCommand) => void;
}

export interface PagePaletteProps extends Pick<PaletteBodyProps, "typed" | "onChoose"> {
  readonly store: PageStore;
  readonly acts: PageActs;
  readonly colours: ThemeAccess;
}

/** With the commands of the page. */
export function PagePalette({ store, acts, colours, ...body }: PagePaletteProps) {
  const toStep = useCallback((step: number) => stepCommand(store, step), [store]);
  return (
    <PaletteBody {...body} commands={() => pageCommands(store, acts, { ...colours, goToPanel })} stepCommand={toStep} />
  );
}

export const PLACEHOLDER = "Search commands, or type a step";

export function PaletteBody({ commands, stepCommand, typed, onChoose }: PaletteBodyProps) {
  const [all] = useState(commands);
  const [search, setSearch] = useState(typed);
  const { groups, unlistedCount } = useMemo(() => {
    const step = stepSearched(search);
    const found = foundCommands(all, search);
    const listed = step === null ? found.listed : [stepCommand(step), ...found.listed];
    return { groups: byGroup(listed), unlistedCount: found.unlistedCount };
  }, [all, search, stepCommand]);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    // Typing continues after the existing text.
    input.current?.setSelectionRange(typed.length, typed.length);
  }, [typed]);
  return (
    <Command label="Commands" shouldFilter={false} loop vimBindings={false}>
      <Command.Input
        ref={input}
        className="palette-input"
        placeholder={PLACEHOLDER}
        value={search}
        onValueChange={setSearch}
      />
      <Command.List className="palette-list" label="Commands found">
        {groups.map(([group, members]) => (
          <Command.Group key={group} heading={group} className="palette-group">
            {members.map((command) => (
              <Command.Item
                key={command.id}
                value={command.id}
                className="palette-item"
                onSelect={() => onChoose(command)}
              >
                <span>{command.label}</span>
                {command.note !== "" && <span className="palette-note">{command.note}</span>}
                <span className="palette-keys">
                  {command.shown.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </span>
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
      <p className="palette-foot" role="status">
        {groups.length === 0
          ? `No command matches “${search.trim()}”. Try “event”, “layer 2”, “SnapKV” or a step number.`
          : unlistedCount > 0
            ? `… and ${unlistedCount} more: keep typing to narrow them down.`
            : "↑ ↓ choose, Enter runs, Esc closes"}
      </p>
    </Command>
  );
}

/** Groups in the order of their best commands. */
function byGroup(commands: readonly PageCommand[]): readonly (readonly [string, readonly PageCommand[]])[] {
  const groups = new Map<string, PageCommand[]>();
  for (const command of commands) {
    const members = groups.get(command.group) ?? [];
    members.push(command);
    groups.set(command.group, members);
  }
  return [...groups];
}
