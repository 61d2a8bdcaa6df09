// Which panels are on the stage: a menu of ticks, and the way back to the first arrangement.
import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import {
  initialArrangement,
  isPanelShown,
  panelNames,
  withPanelShown,
  type Arrangement,
  type PanelName,
} from "../../state/arrangement";

export const panelTitles: Readonly<Record<PanelName, string>> = {
  lanes: "Lanes",
  text: "Text",
  map: "Cache map",
  score: "Score",
  why: "Why",
  meters: "Meters",
  attention: "Attention",
  mask: "Sparse mask",
  overlap: "Window overlap",
  lifelines: "Lifelines",
};

interface PanelsMenuProps {
  readonly arrangement: Arrangement;
  /** Panels that have nothing to show. */
  readonly away: readonly PanelName[];
  readonly onArrange: (arrangement: Arrangement) => void;
}

export function PanelsMenu({ arrangement, away, onArrange }: PanelsMenuProps) {
  const { hidden } = arrangement;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="panels-button" title="Which panels are shown">
        Panels{hidden.length > 0 && <span className="panels-hidden-count"> {hidden.length} hidden</span>}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="panel-menu" align="end" sideOffset={4} collisionPadding={8}>
          {panelNames.map((name) => (
            <DropdownMenu.CheckboxItem
              key={name}
              className="panel-menu-item"
              checked={isPanelShown(arrangement, name, away)}
              onCheckedChange={(isShown) => onArrange(withPanelShown(arrangement, name, isShown, away))}
              // Several are often wanted in one go.
              onSelect={(event) => event.preventDefault()}
            >
              {panelTitles[name]}
            </DropdownMenu.CheckboxItem>
          ))}
          <DropdownMenu.Separator className="panel-menu-line" />
          <DropdownMenu.Item className="panel-menu-item" onSelect={() => onArrange(initialArrangement)}>
            All in their first places
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
