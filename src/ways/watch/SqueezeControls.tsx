// The rule by which the cache forgets, and how much of it there is: a change runs at once.
import { memo, useEffect } from "react";
import { Slider, ToggleGroup, Tooltip } from "radix-ui";
import { useStore } from "zustand";
import { policyOf } from "../../settings/inForce";
import type { PageStore } from "../../state/pageStore";
import { ruleOf, squeezeRules } from "../../state/squeeze";
import { whenIdle } from "../../ui/latePart";
import { writtenBytes } from "../../ui/numbers";
import { squeezeWords as words } from "../../words/en/watch";
import type { NextRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { useDataSaved } from "./idlePage";
import "./squeeze.css";
import { useCatchUp, useSqueezed } from "./useSqueezed";

export function SqueezeControls({ store, nextRun }: WayProps) {
  usePreparedEngine(store);
  useCatchUp(store, nextRun);
  return <Controls store={store} nextRun={nextRun} />;
}

interface ControlsProps {
  readonly store: PageStore;
  readonly nextRun: NextRun;
}

/** The clock does not re-render them. */
const Controls = memo(function Controls({ store, nextRun }: ControlsProps) {
  const { settings, stops, tokenCount } = useSqueezed(store, nextRun);
  return (
    <div className="squeeze">
      <RuleChoice policyId={settings.policyId} onRule={(policyId) => store.getState().squeeze({ policyId })} />
      <MemorySlider
        stops={stops}
        budgetSlots={settings.budgetSlots}
        budgetBytes={settings.budgetMode === "bytes" ? settings.budgetBytes : null}
        tokenCount={tokenCount}
        isEvicting={policyOf(settings.policyId).isEvicting}
        onBudget={(budgetSlots) => store.getState().squeeze({ budgetSlots })}
        onEnd={store.getState().endSqueeze}
      />
      <RunState store={store} />
    </div>
  );
});

interface RuleChoiceProps {
  readonly policyId: string;
  readonly onRule: (policyId: string) => void;
}

function RuleChoice({ policyId, onRule }: RuleChoiceProps) {
  const other = ruleOf(policyId) === null ? policyOf(policyId).label : null;
  return (
    <div className="squeeze-rule">
      <span className="squeeze-label" id="squeeze-rule">
        {words.forgetBy}
      </span>
      <Tooltip.Provider delayDuration={400}>
        <ToggleGroup.Root
          type="single"
          className="squeeze-rules"
          aria-labelledby="squeeze-rule"
          value={policyId}
          onValueChange={(value) => {
            // A click on the rule in force would leave none.
            if (value !== "" && value !== policyId) onRule(value);
          }}
        >
          {squeezeRules.map((rule) => (
            <RuleItem key={rule} value={rule} {...words.rules[rule]} />
          ))}
          {other !== null && <RuleItem value={policyId} label={other} short={other} tip={words.otherRuleTip} />}
        </ToggleGroup.Root>
      </Tooltip.Provider>
    </div>
  );
}

interface RuleItemProps {
  readonly value: string;
  readonly label: string;
  readonly short: string;
  readonly tip: string;
}

function RuleItem({ value, label, short, tip }: RuleItemProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <ToggleGroup.Item value={value} aria-label={label}>
          <span className="squeeze-long" data-label={label}>
            {label}
          </span>
          <span className="squeeze-short" data-label={short}>
            {short}
          </span>
        </ToggleGroup.Item>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="squeeze-tip" sideOffset={6} collisionPadding={8}>
          {tip}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

interface MemorySliderProps {
  readonly stops: readonly number[];
  readonly budgetSlots: number;
  /** Null for a budget in slots. */
  readonly budgetBytes: number | null;
  /** Of the whole text; null where that is unknown. */
  readonly tokenCount: number | null;
  /** Otherwise nothing is forgotten, whatever the budget. */
  readonly isEvicting: boolean;
  readonly onBudget: (budgetSlots: number) => void;
  readonly onEnd: () => void;
}

function MemorySlider(props: MemorySliderProps) {
  const { stops, budgetSlots, budgetBytes, tokenCount, isEvicting, onBudget, onEnd } = props;
  const last = stops.length - 1;
  const place = isEvicting ? stops.indexOf(budgetSlots) : last;
  const percent = tokenCount === null ? null : Math.min(100, Math.round((100 * budgetSlots) / tokenCount));
  const value = isEvicting ? words.words(budgetSlots) : words.wholeText;
  return (
    <div className="squeeze-memory">
      <span className="squeeze-label" id="squeeze-memory">
        {words.memory}
      </span>
      <Slider.Root
        className="squeeze-slider"
        min={0}
        max={last}
        value={[place]}
        disabled={!isEvicting}
        onValueChange={([index]) => onBudget(stops[index])}
        onValueCommit={onEnd}
      >
        <Slider.Track className="squeeze-track">
          <Slider.Range className="squeeze-range" />
        </Slider.Track>
        <Slider.Thumb className="squeeze-thumb" aria-labelledby="squeeze-memory" aria-valuetext={value} />
      </Slider.Root>
      <span className="squeeze-value">{value}</span>
      <span className="squeeze-share">
        {isEvicting && budgetBytes !== null && writtenBytes(budgetBytes)}
        {isEvicting && budgetBytes === null && percent !== null && (
          <>
            <span className="squeeze-long">{words.share(percent)}</span>
            <span className="squeeze-short">{words.shareShort(percent)}</span>
          </>
        )}
      </span>
    </div>
  );
}

/** Whether what one sees is recorded or live. */
function RunState({ store }: { readonly store: PageStore }) {
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const isLoading = useStore(store, (state) => state.engine === null);
  const isStarting = runStatus === "loading" && isLoading;
  const state = isStarting ? "loading" : origin === "recorded" || runStatus === "none" ? "recorded" : runStatus;
  return (
    <span className={`squeeze-state squeeze-state-${state}`} data-run-state={state}>
      {words.state[state === "loading" && !isStarting ? "running" : state]}
    </span>
  );
}

/** The engine and the model come while the page is idle, so that the first squeeze finds them. */
function usePreparedEngine(store: PageStore): void {
  const isRecordedRunLoading = useStore(store, (state) => state.isRecordedRunLoading);
  const isSaving = useDataSaved();
  useEffect(() => {
    if (isRecordedRunLoading || isSaving) return;
    return whenIdle(store.getState().prepareEngine);
  }, [store, isRecordedRunLoading, isSaving]);
}
