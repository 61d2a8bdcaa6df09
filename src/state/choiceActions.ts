// Choosing settings and lanes, and taking that back.
import { withChoice } from "../settings/inForce";
import type { Comparison } from "../settings/lanes";
import type { SettingValue } from "../settings/settingRow";
import type { SettingId } from "../settings/settings";
import { redone, undone, withChange, type ChosenState } from "./choiceHistory";
import type { PageState } from "./pageState";

export interface ChoiceActions {
  readonly choose: (id: SettingId, value: SettingValue) => void;
  /** The lanes to run beside the first, and the tokens that they are fed. */
  readonly compare: (comparison: Comparison) => void;
  /** Settings and lanes at once, as one entry of the history. */
  readonly chooseState: (state: ChosenState) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

interface ChoiceSurroundings {
  readonly set: (part: Partial<PageState>) => void;
  readonly get: () => PageState;
  readonly nowMs: () => number;
}

/** What a link promised holds for its own settings alone. */
export const promisedNothing = { promisedProofs: [], verdicts: [], wantedMoment: null } as const;

export function choiceActions({ set, get, nowMs }: ChoiceSurroundings): ChoiceActions {
  const change = (what: string, state: Partial<ChosenState>): void => {
    const { choices, comparison, history } = get();
    set({
      ...state,
      ...promisedNothing,
      history: withChange(history, { choices, comparison }, what, nowMs()),
    });
  };
  const step = (stepped: ReturnType<typeof undone>): void => {
    if (stepped !== null) set({ ...stepped.state, ...promisedNothing, history: stepped.history });
  };
  const now = (): ChosenState => ({ choices: get().choices, comparison: get().comparison });
  return {
    choose: (id, value) => change(id, { choices: withChoice(get().choices, id, value) }),
    // A slider of a lane is one entry; another lane is another.
    compare: (comparison) => change(`lanes ${comparison.others.length}`, { comparison }),
    chooseState: (state) => change("", state),
    undo: () => step(undone(get().history, now())),
    redo: () => step(redone(get().history, now())),
  };
}
