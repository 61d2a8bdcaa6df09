// The problem on show, and a few others: recorded ones play at once, the rest are run here. A stream of frames is one of them.
import { DropdownMenu } from "radix-ui";
import { useStore } from "zustand";
import { problemLabel } from "../../panels/controls/families";
import { problemById } from "../../problems/families";
import type { Problem } from "../../problems/problem";
import { settingTable } from "../../settings/settings";
import type { PageStore } from "../../state/pageStore";
import { problemWords } from "../../words/en/watch";
import { usePlayFocus } from "./playFocus";

const offered: readonly Problem[] = [
  "walk-5x20-1",
  "walk-7x32-3",
  "diary-5x14-5",
  "story-7x2-2",
  "orders2-walk-4x10-1",
].flatMap((id) => problemById(id) ?? []);

/** Its name stands there before the recorded run is. */
const usualProblem = problemById(settingTable.problem.default);

export function ProblemChoice({ store }: { readonly store: PageStore }) {
  const ofRun = useStore(store, (state) => state.problem);
  const isLoading = useStore(store, (state) => state.lanes.length === 0);
  const isStream = useStore(store, (state) => state.isWatchingStream);
  const { onChosen, onCloseAutoFocus } = usePlayFocus();
  const shown = isLoading ? usualProblem : ofRun;
  const label = isStream ? streamChoice.label : shown === null ? problemWords.choose : problemLabel(shown);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="watch-problem" title={problemWords.choose}>
          <span>{label}</span> ▾
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} onCloseAutoFocus={onCloseAutoFocus}>
          <DropdownMenu.RadioGroup
            value={isStream ? streamChoice.id : (shown?.id ?? "")}
            onValueChange={(id) => {
              onChosen();
              if (id === streamChoice.id) watchStream(store);
              else showProblem(store, id);
            }}
          >
            {offered.map((problem) => (
              <DropdownMenu.RadioItem key={problem.id} className="menu-item" value={problem.id}>
                <span>{problemLabel(problem)}</span>
                <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.RadioItem className="menu-item" value={streamChoice.id}>
              <span>{streamChoice.label}</span>
              <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
            </DropdownMenu.RadioItem>
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="menu-line" />
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => store.getState().go(isStream ? "streams" : "explore")}
          >
            {isStream ? problemWords.moreStreams : problemWords.more}
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** In the menu beside the problems of text. */
const streamChoice = { id: "stream", label: problemWords.stream } as const;

/** A run of text that plays would go on unseen. */
function watchStream(store: PageStore): void {
  const { pausePlayback, watch } = store.getState();
  pausePlayback();
  watch("stream");
}

/** The recorded run of a problem, if it was recorded under the rule and with the model in force; else a live one of them. */
function showProblem(store: PageStore, id: string): void {
  const { choices, recordedRuns, choose, run, showRecordedRun, watch } = store.getState();
  watch("text");
  const isUsual = (["policyId", "model"] as const).every(
    (setting) => (choices[setting] ?? settingTable[setting].default) === settingTable[setting].default,
  );
  const recorded = recordedRuns.find(({ problemId, files }) => problemId === id && files.length === 1);
  if (recorded !== undefined && isUsual) void showRecordedRun(recorded.id);
  else {
    choose("problem", id);
    run("run");
  }
}
