// Which of the embedded models runs; nothing where there is only one.
import { useId } from "react";
import { settingTable } from "../../settings/settings";
import type { ModelWords } from "../../settings/shippedModels";

interface ModelChoiceProps {
  readonly models: readonly ModelWords[];
  readonly modelId: string;
  readonly onChoose: (modelId: string) => void;
}

export function ModelChoice({ models, modelId, onChoose }: ModelChoiceProps) {
  const id = useId();
  if (models.length < 2) return null;
  const { label, help } = settingTable.model;
  return (
    <div className="setting setting-choice" title={help}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={modelId} onChange={(event) => onChoose(event.target.value)}>
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {model.label}
          </option>
        ))}
      </select>
    </div>
  );
}
