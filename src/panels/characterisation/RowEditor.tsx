// The cells of a row in which its configuration is chosen, and whether it is the baseline.
import { storesCodes } from "../../cache/packing";
import type {
  CharacterisationActions,
  CharacterisationConfig,
  CharacterisationRow,
} from "../../state/characterisation";
import { budgetWords, storageLabels, weightLabels } from "./columns";

interface RowEditorProps {
  readonly row: CharacterisationRow;
  /** From 1. */
  readonly number: number;
  readonly isBaseline: boolean;
  readonly isBusy: boolean;
  readonly onCharacterisation: CharacterisationActions;
}

const weights = Object.keys(weightLabels) as readonly CharacterisationConfig["weights"][];
const kvBits = [8, 4, 3, 2] as const satisfies readonly CharacterisationConfig["kvBits"][];
const groups = [8, 16, 32, 64, 128] as const satisfies readonly CharacterisationConfig["groupNumbers"][];
const budgets = [null, 32, 48, 64, 96, 128, 192, 256, 512] as const;
const storages = Object.keys(storageLabels) as readonly CharacterisationConfig["storage"][];

export function RowEditor({ row, number, isBaseline, isBusy, onCharacterisation }: RowEditorProps) {
  const { id, config } = row;
  const isPacked = storesCodes(config.storage);
  const change = (part: Partial<CharacterisationConfig>): void =>
    onCharacterisation.changeCharacterisationRow(id, { ...config, ...part });
  const name = (part: string): string => `${part} of row ${number}`;
  return (
    <>
      <th scope="row" className="characterisation-row">
        <input
          type="radio"
          name="characterisation-baseline"
          aria-label={`Row ${number} is the baseline`}
          title="The others are held against it"
          checked={isBaseline}
          disabled={isBusy}
          onChange={() => onCharacterisation.pinCharacterisationRow(id)}
        />
        {number}
        {!isBaseline && (
          <button
            type="button"
            className="characterisation-remove"
            aria-label={`Remove row ${number}`}
            title="Remove this row"
            disabled={isBusy}
            onClick={() => onCharacterisation.removeCharacterisationRow(id)}
          >
            ×
          </button>
        )}
      </th>
      <td>
        <Choice
          label={name("Weights")}
          value={config.weights}
          options={weights}
          words={(format) => weightLabels[format]}
          isDisabled={isBusy}
          onChange={(format) => change({ weights: format })}
        />
      </td>
      <td>
        <Choice
          label={name("Entries")}
          value={config.storage}
          options={storages}
          words={(storage) => storageLabels[storage]}
          isDisabled={isBusy}
          onChange={(storage) => change({ storage })}
        />
      </td>
      <td>
        {isPacked && (
          <Choice
            label={name("Bits of entries")}
            value={config.kvBits}
            options={kvBits}
            words={String}
            isDisabled={isBusy}
            onChange={(bits) => change({ kvBits: bits })}
          />
        )}
      </td>
      <td>
        {isPacked && (
          <Choice
            label={name("Group")}
            value={config.groupNumbers}
            options={groups}
            words={String}
            isDisabled={isBusy}
            onChange={(groupNumbers) => change({ groupNumbers })}
          />
        )}
      </td>
      <td>
        <Choice
          label={name("Budget")}
          value={config.budgetSlots}
          options={budgets}
          words={budgetWords}
          isDisabled={isBusy}
          onChange={(budgetSlots) => change({ budgetSlots })}
        />
      </td>
    </>
  );
}

interface ChoiceProps<Value> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly words: (value: Value) => string;
  readonly isDisabled: boolean;
  readonly onChange: (value: Value) => void;
}

function Choice<Value extends string | number | null>(props: ChoiceProps<Value>) {
  const { label, value, options, words, isDisabled, onChange } = props;
  return (
    <select
      aria-label={label}
      value={options.indexOf(value)}
      disabled={isDisabled}
      onChange={(event) => onChange(options[Number(event.target.value)])}
    >
      {options.map((option, at) => (
        <option key={String(option)} value={at}>
          {words(option)}
        </option>
      ))}
    </select>
  );
}
