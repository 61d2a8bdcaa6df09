// The rule by which the cache forgets, and how much of it there is: a change runs at once.
import { memo, useEffect, type ReactNode } from "react";
import { Slider, ToggleGroup, Tooltip } from "radix-ui";
import { useStore } from "zustand";
import { policyOf } from "../../settings/inForce";
import type { PageStore } from "../../state/pageStore";
import { ruleOf, squeezeRules } from "../../state/squeeze";
import { whenIdle } from "../../ui/latePart";
import { writtenBytes } from "../../ui/numbers";
import { inUnit, squeezeWords as words } from "../../words/en/watch";
import type { NextRun } from "../usePage";
import type { WayProps } from "../wayProps";
import { useDataSaved } from "./idlePage";
import "./squeeze.css";
import { useCatchUp, useSqueezed } from "./useSqueezed";
import { laneOnStage } from "../../state/shownRuns";
import { unitOf } from "./causeText";

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
  const { policyId, budgetSlots, budgetMode, budgetBytes } = settings;
  const { isEvicting, label } = policyOf(policyId);
  const percent = tokenCount === null ? null : Math.min(100, Math.round((100 * budgetSlots) / tokenCount));
  const trace = useStore(store, (state) => laneOnStage(state)?.trace ?? null);
  const said = inUnit(words, trace === null ? "word" : unitOf(trace));
  const { squeeze, endSqueeze } = store.getState();
  return (
    <div className="squeeze">
      <RuleChoice
        rules={squeezeRules.map((rule) => [rule, words.rules[rule]] as const)}
        chosen={policyId}
        otherLabel={ruleOf(policyId) === null ? label : null}
        onRule={(rule) => squeeze({ policyId: rule })}
      />
      <MemorySlider
        stops={stops}
        at={isEvicting ? budgetSlots : null}
        value={isEvicting ? said.words(budgetSlots) : said.wholeText}
        onStop={(stop) => squeeze({ budgetSlots: stop })}
        onEnd={endSqueeze}
      >
        {isEvicting && budgetMode === "bytes" && writtenBytes(budgetBytes)}
        {isEvicting && budgetMode !== "bytes" && percent !== null && (
          <>
            <span className="squeeze-long">{words.share(percent)}</span>
            <span className="squeeze-short">{words.shareShort(percent)}</span>
          </>
        )}
      </MemorySlider>
      <RunState store={store} />
    </div>
  );
});

interface RuleWords {
  readonly label: string;
  readonly short: string;
  readonly tip: string;
}

interface RuleChoiceProps<Rule extends string> {
  readonly rules: readonly (readonly [Rule, RuleWords])[];
  readonly chosen: string;
  /** Of a rule in force that is none of these; else null. */
  readonly otherLabel: string | null;
  readonly onRule: (rule: Rule) => void;
}

export function RuleChoice<Rule extends string>({ rules, chosen, otherLabel, onRule }: RuleChoiceProps<Rule>) {
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
          value={chosen}
          onValueChange={(value) => {
            // A click on the rule in force would leave none.
            const rule = rules.find(([id]) => id === value);
            if (rule !== undefined && value !== chosen) onRule(rule[0]);
          }}
        >
          {rules.map(([rule, ruleWords]) => (
            <RuleItem key={rule} value={rule} {...ruleWords} />
          ))}
          {otherLabel !== null && (
            <RuleItem value={chosen} label={otherLabel} short={otherLabel} tip={words.otherRuleTip} />
          )}
        </ToggleGroup.Root>
      </Tooltip.Provider>
    </div>
  );
}

interface RuleItemProps extends RuleWords {
  readonly value: string;
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
  /** Null where nothing is forgotten, however much room there is. */
  readonly at: number | null;
  /** In words. */
  readonly value: string;
  readonly onStop: (stop: number) => void;
  readonly onEnd: () => void;
  /** The share of the whole, or the bytes. */
  readonly children: ReactNode;
}

export function MemorySlider({ stops, at, value, onStop, onEnd, children }: MemorySliderProps) {
  const last = stops.length - 1;
  return (
    <div className="squeeze-memory">
      <span className="squeeze-label" id="squeeze-memory">
        {words.memory}
      </span>
      <Slider.Root
        className="squeeze-slider"
        min={0}
        max={last}
        value={[at === null ? last : stops.indexOf(at)]}
        disabled={at === null}
        onValueChange={([index]) => onStop(stops[index])}
        onValueCommit={onEnd}
      >
        <Slider.Track className="squeeze-track">
          <Slider.Range className="squeeze-range" />
        </Slider.Track>
        <Slider.Thumb className="squeeze-thumb" aria-labelledby="squeeze-memory" aria-valuetext={value} />
      </Slider.Root>
      <span className="squeeze-value">{value}</span>
      <span className="squeeze-share">{children}</span>
    </div>
  );
}

/** Whether what one sees is recorded or live. */
function RunState({ store }: { readonly store: PageStore }) {
  const origin = useStore(store, (state) => state.origin);
  const runStatus = useStore(store, (state) => state.runStatus);
  const isLoading = useStore(store, (state) => state.engine === null);
  const isStarting = runStatus === "loading" && isLoading;
  const isRecorded = origin === "recorded" || runStatus === "none";
  // The engine is there, and the run begins at once.
  const isAlmost = runStatus === "loading" && !isStarting;
  return <RunStateMark state={isStarting ? "loading" : isRecorded ? "recorded" : isAlmost ? "running" : runStatus} />;
}

export function RunStateMark({ state }: { readonly state: keyof typeof words.state }) {
  return (
    <span className={`squeeze-state squeeze-state-${state}`} data-run-state={state}>
      {words.state[state]}
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
