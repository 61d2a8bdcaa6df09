// The example on screen, in the line about the run: its claim, and whether the run here bears it out. A click shows what to
// see; any change of the settings ends it.
import { Popover } from "radix-ui";
import { useStore } from "zustand";
import type { Problem } from "../../problems/problem";
import type { ChosenState, OpenedExample } from "../../state/choices";
import type { PageStore } from "../../state/pageStore";
import { areAskedFor } from "../../state/recipe";
import type { LaneRun } from "../../state/shownRuns";
import { laneVerdict } from "../header/verdict";
import "./exampleMark.css";

interface ExampleMarkProps {
  readonly store: PageStore;
  readonly onExamples: () => void;
}

export function ExampleMark({ store, onExamples }: ExampleMarkProps) {
  const example = useStore(store, (state) => state.example);
  const outcome = useStore(store, (state) => (state.example === null ? "open" : exampleOutcome(state.example, state)));
  if (example === null) return null;
  const { title, sees } = example;
  const close = (): void => store.getState().showExample(null);
  return (
    <div className="example-mark" role="group" aria-label="Example on screen">
      <Popover.Root>
        <Popover.Trigger asChild>
          <button type="button" className="example-claim" title={title}>
            <span className={`example-sign example-${outcome}`} aria-hidden="true">
              {signs[outcome]}
            </span>
            <span className="example-title">{title}</span>
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className="example-card" align="start" sideOffset={6} collisionPadding={12}>
            <h2>{title}</h2>
            <p>{sees}</p>
            <p className={`example-${outcome}`}>{words[outcome]}</p>
            <Popover.Close asChild>
              <button type="button" onClick={onExamples}>
                All examples
              </button>
            </Popover.Close>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <span className="visually-hidden" role="status">
        {outcome === "open" ? "" : words[outcome]}
      </span>
      <button
        type="button"
        className="example-close"
        aria-label="Leave the example"
        title="Leave the example"
        onClick={close}
      >
        ✕
      </button>
    </div>
  );
}

type Outcome = "open" | "claimed" | "other";

const signs: Readonly<Record<Outcome, string>> = {
  open: "Example",
  claimed: "✓ as claimed",
  other: "✗ not as claimed",
};

const words: Readonly<Record<Outcome, string>> = {
  open: "The verdict comes when the run has ended.",
  claimed: "✓ As claimed: every lane answers as in the original run.",
  other: "✗ Not as claimed: not every lane answers as in the original run.",
};

interface RunsOnScreen extends ChosenState {
  readonly lanes: readonly LaneRun[];
  readonly problem: Problem | null;
}

/** Whether the lanes answer what the example says they do, once all have ended. */
function exampleOutcome({ answers }: OpenedExample, now: RunsOnScreen): Outcome {
  const { lanes, problem } = now;
  if (lanes.length !== answers.length || lanes.some(({ end }) => end === null)) return "open";
  const headers = lanes.map(({ trace }) => trace.header);
  if (!areAskedFor(headers, problem?.id ?? null, now)) return "open";
  const given = lanes.map((lane) => {
    const verdict = laneVerdict(lane, lane.stepCount - 1, problem);
    return verdict.type === "unknown" ? null : verdict.given;
  });
  return given.every((answer, lane) => answer === answers[lane]) ? "claimed" : "other";
}
