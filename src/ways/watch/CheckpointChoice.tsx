// Which checkpoint of the model runs, beside the problem: another one runs at once, under the same rule and memory.
import { DropdownMenu } from "radix-ui";
import { useStore } from "zustand";
import { checkpointsOf, stageLabels, stageOf } from "../../settings/checkpoints";
import { settingsInForce } from "../../settings/inForce";
import { modelOf } from "../../settings/shippedModels";
import type { PageStore } from "../../state/pageStore";
import { choicesOnStage } from "../../state/squeeze";
import { modelWords as words } from "../../words/en/watch";
import { usePlayFocus } from "./playFocus";

/** Nothing for a model that had no further training. */
export function CheckpointChoice({ store }: { readonly store: PageStore }) {
  const modelId = useStore(store, (state) => settingsInForce(choicesOnStage(state, state.stageLane)).settings.model);
  const { onChosen, onCloseAutoFocus } = usePlayFocus();
  const model = modelOf(modelId);
  const checkpoints = checkpointsOf(model);
  if (checkpoints.length < 2) return null;
  const stage = stageLabels[stageOf(model)];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="watch-checkpoint" title={words.choose} aria-label={words.named(stage)}>
          <span className="watch-checkpoint-label">{words.label}</span> {stage} ▾
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu checkpoint-menu"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={onCloseAutoFocus}
        >
          <DropdownMenu.RadioGroup
            value={modelId}
            onValueChange={(id) => {
              onChosen();
              store.getState().squeeze({ modelId: id });
            }}
          >
            {checkpoints.map((checkpoint) => (
              <DropdownMenu.RadioItem key={checkpoint.id} className="menu-item" value={checkpoint.id}>
                <span>
                  <strong>{stageLabels[stageOf(checkpoint)]}</strong>
                  <small>{checkpoint.description}</small>
                </span>
                <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
