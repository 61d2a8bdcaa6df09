// Pictures and tables of a panel on the page, at the step on show.
import { useState } from "react";
import { errorMessage } from "../../lib/errors";
import { savePanel, type PanelFileType, type ShownPanel } from "../../ui/figure/shownPanels";
import { ToolChoice } from "../../ui/ToolChoice";

const fileTypes: readonly (readonly [PanelFileType, string])[] = [
  ["png", "PNG"],
  ["svg", "SVG"],
  ["csv", "CSV"],
];

export function PanelFigures({ panels }: { readonly panels: readonly ShownPanel[] }) {
  const [name, setName] = useState(panels[0]?.name ?? "");
  const [failure, setFailure] = useState<string | null>(null);
  const panel = panels.find((one) => one.name === name);
  if (panel === undefined) return null;
  const save = async (type: PanelFileType): Promise<void> => {
    setFailure(null);
    try {
      await savePanel(panel, type);
    } catch (error) {
      setFailure(`${panel.title}: the ${type.toUpperCase()} was not made: ${errorMessage(error)}`);
    }
  };
  return (
    <fieldset className="share-choices">
      <legend>Picture or table of a panel</legend>
      <div className="share-acts">
        <ToolChoice
          label="Panel"
          value={name}
          options={panels.map((one) => [one.name, one.title] as const)}
          onChange={setName}
        />
        {fileTypes.map(([type, label]) => (
          <button key={type} type="button" onClick={() => void save(type)}>
            {label}
          </button>
        ))}
      </div>
      {failure !== null && (
        <p className="notice notice-error" role="alert">
          {failure}
        </p>
      )}
      <p className="muted">As it stands at the step on show: the picture with its legend, the table with every row.</p>
    </fieldset>
  );
}
