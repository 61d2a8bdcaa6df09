// Which model runs, and which of its checkpoints: a list, and beside it a switch where further training ships.
import { useId } from "react";
import { baseOf, checkpointsOf, sameStageOf, stageLabels, stageOf } from "../../settings/checkpoints";
import { settingTable } from "../../settings/settings";
import type { ModelWords } from "../../settings/shippedModels";
import { Explained } from "./SettingControl";

interface ModelChoiceProps {
  readonly models: readonly ModelWords[];
  readonly modelId: string;
  readonly onChoose: (modelId: string) => void;
  /** Opens the sheet Models; absent where only these can be chosen. */
  readonly onMore?: () => void;
}

export function ModelChoice(props: ModelChoiceProps) {
  const id = useId();
  if (props.models.length < 2) return null;
  const { label, help } = settingTable.model;
  const description = props.models.find((model) => model.id === props.modelId)?.description ?? "";
  return (
    <Explained
      className="setting setting-choice"
      name={label}
      help={`${help} ${description}`}
      label={<label htmlFor={id}>{label}</label>}
    >
      <ModelInputs {...props} id={id} />
      {props.onMore !== undefined && (
        <button type="button" className="link-button" onClick={props.onMore}>
          More models…
        </button>
      )}
    </Explained>
  );
}

/** `id`: of the list, for its label. */
export function ModelInputs({ models, modelId, onChoose, id }: ModelChoiceProps & { readonly id: string }) {
  const model = models.find((one) => one.id === modelId) ?? models[0];
  const checkpoints = checkpointsOf(model, models);
  return (
    <>
      <select
        id={id}
        value={baseOf(model)}
        onChange={(event) => onChoose(sameStageOf(event.target.value, model, models))}
      >
        {models
          .filter((one) => baseOf(one) === one.id)
          .map((base) => (
            <option key={base.id} value={base.id}>
              {base.label}
            </option>
          ))}
      </select>
      {checkpoints.length > 1 && (
        <span className="checkpoint-switch" role="group" aria-label="Checkpoint">
          {checkpoints.map((checkpoint) => (
            <button
              key={checkpoint.id}
              type="button"
              aria-pressed={checkpoint.id === model.id}
              title={checkpoint.description}
              onClick={() => onChoose(checkpoint.id)}
            >
              {stageLabels[stageOf(checkpoint)]}
            </button>
          ))}
        </span>
      )}
    </>
  );
}
