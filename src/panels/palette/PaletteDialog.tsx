// The command palette, as a native dialog: it keeps the focus while it is open and gives it back afterwards.
import { Command } from "cmdk";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { foundCommands, stepSearched } from "./foundCommands";
import type { PageCommand } from "./command";

interface PaletteDialogProps {
  readonly isOpen: boolean;
  /** As the page stands; asked for when the palette opens. */
  readonly commands: () => readonly PageCommand[];
  readonly stepCommand: (step: number) => PageCommand;
  readonly onClose: () => void;
}

export function PaletteDialog({ isOpen, commands, stepCommand, onClose }: PaletteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && element?.open === false) {
      element.showModal();
      element.querySelector("input")?.focus();
    }
    if (!isOpen && element?.open === true) element.close();
  }, [isOpen]);
  const choose = (command: PageCommand): void => {
    // Closed first: the focus is back in its place when the command moves it.
    dialog.current?.close();
    command.run();
  };
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    dialog.current?.close();
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Commands"
      onClose={onClose}
      onKeyDownCapture={closeByKey}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      {isOpen && <PaletteBody commands={commands} stepCommand={stepCommand} onChoose={choose} />}
    </dialog>
  );
}

interface PaletteBodyProps extends Pick<PaletteDialogProps, "commands" | "stepCommand"> {
  readonly onChoose: (command: PageCommand) => void;
}

export function PaletteBody({ commands, stepCommand, onChoose }: PaletteBodyProps) {
  const [all] = useState(commands);
  const [search, setSearch] = useState("");
  const { groups, unlistedCount } = useMemo(() => {
    const step = stepSearched(search);
    const found = foundCommands(all, search);
    const listed = step === null ? found.listed : [stepCommand(step), ...found.listed];
    return { groups: byGroup(listed), unlistedCount: found.unlistedCount };
  }, [all, search, stepCommand]);
  return (
    <Command label="Commands" shouldFilter={false} loop vimBindings={false}>
      <Command.Input
        className="palette-input"
        placeholder="Search commands, or type a step"
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
          ? `Nothing is called “${search.trim()}”. Try “event”, “layer 2”, “SnapKV” or a step’s number.`
          : unlistedCount > 0
            ? `… and ${unlistedCount} more: type on to find them.`
            : "↑ ↓ choose, Enter does it, Esc closes"}
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
