// A menu of the panels on the stage: ticks show and hide them.
import { DropdownMenu } from "radix-ui";
import { isPanelShown, withPanelShown, type Arrangement, type PanelName } from "../../state/arrangement";
import { panelList } from "../panelKinds";
import { showPanel } from "./showPanel";

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
          {panelList.map(({ name, title }) => (
            <DropdownMenu.CheckboxItem
              key={name}
              className="panel-menu-item"
              checked={isPanelShown(arrangement, name, away)}
              onCheckedChange={(isShown) =>
                isShown
                  ? showPanel(name, { arrangement, away, onArrange })
                  : onArrange(withPanelShown(arrangement, name, false, away))
              }
              // Stay open: people often change several.
              onSelect={(event) => event.preventDefault()}
            >
              {title}
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
