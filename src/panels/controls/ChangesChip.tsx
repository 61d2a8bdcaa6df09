// One chip for everything that differs from the defaults: how many changes there are, and a menu to undo each alone.
import { DropdownMenu } from "radix-ui";
import type { SettingId } from "../../settings/settings";
import type { SettingValue } from "../../settings/settingRow";
import type { Difference } from "./valueMarks";

interface ChangesChipProps {
  readonly changes: readonly Difference[];
  /** The run itself included; more than one is a change, too. */
  readonly laneCount: number;
  readonly choose: (id: SettingId, value: SettingValue) => void;
  readonly onOneLane: () => void;
  readonly onReset: () => void;
}

export function ChangesChip(props: ChangesChipProps) {
  const { changes, laneCount, choose, onOneLane, onReset } = props;
  const written = changes.map((change) => `${change.label}: ${change.written}`);
  if (laneCount > 1) written.push(`Lanes: ${laneCount}`);
  if (written.length === 0) return <span className="changes-chip changes-none">defaults</span>;
  const words = written.length === 1 ? written[0] : `${written.length} changes`;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="changes-chip" title="What differs from the page’s defaults">
        {words}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          {changes.map((change) => (
            <DropdownMenu.Item
              key={change.id}
              className="menu-item"
              title={`Back to ${change.startWritten}`}
              onSelect={() => choose(change.id, change.start)}
            >
              <span>
                {change.label}: {change.written}
              </span>
              <span className="muted">default {change.startWritten}</span>
            </DropdownMenu.Item>
          ))}
          {laneCount > 1 && (
            <DropdownMenu.Item className="menu-item" title="Back to one lane" onSelect={onOneLane}>
              <span>Lanes: {laneCount}</span>
              <span className="muted">default 1</span>
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item className="menu-item" onSelect={onReset}>
            All back to the defaults
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
