// Downloads the table of the panel that it stands in.
import { saveFigure } from "./shownPanels";

interface CsvButtonProps {
  /** Of the panel. */
  readonly name: string;
  readonly isDisabled: boolean;
}

export function CsvButton({ name, isDisabled }: CsvButtonProps) {
  return (
    <button
      type="button"
      disabled={isDisabled}
      onClick={({ currentTarget }) => {
        const panel = currentTarget.closest<HTMLElement>("section.panel");
        if (panel !== null) void saveFigure(panel, { name, type: "csv", isLight: false });
      }}
    >
      Download CSV
    </button>
  );
}
