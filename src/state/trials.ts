// What runs that nobody looks at leave in the page's state (storageTrials.ts, characterisation.ts, checkpointTrials.ts,
// mergeAftermath.ts), and the actions that ask for them. Their code is fetched when one is first asked for.
import type { CharacterisationConfig } from "../experiment/characterisationFigures";
import { errorMessage } from "../lib/errors";
import type { CharacterisationActions, CharacterisationState } from "./characterisation";
import type { CheckpointTrialsActions, CheckpointTrialsState } from "./checkpointTrials";
import type { ChosenState } from "./choices";
import type { LiveRunSurroundings } from "./liveRun";
import type { AftermathActions, AftermathState } from "./mergeAftermath";
import type { Tell } from "./notices";
import type { ShownRunsState } from "./shownRuns";
import type { StorageTrialsActions, StorageTrialsState } from "./storageTrials";

export type TrialsState = StorageTrialsState & CharacterisationState & CheckpointTrialsState & AftermathState;
export type TrialsActions = StorageTrialsActions & CharacterisationActions & CheckpointTrialsActions & AftermathActions;

const plain: CharacterisationConfig = {
  ...{ weights: "asLoaded", storage: "asComputed", kvBits: 4, groupNumbers: 32, budgetSlots: null },
};
const firstConfigs: readonly CharacterisationConfig[] = [
  plain,
  { ...plain, storage: "quantised" },
  { ...plain, storage: "quantised", kvBits: 2 },
  { ...plain, weights: "Q8_0" },
  { ...plain, weights: "Q4_0" },
  { ...plain, budgetSlots: 96 },
];

export const initialTrials: TrialsState = {
  ...{ bitsTrials: {}, bitsWork: null, bitsFailure: null },
  characterisationRows: firstConfigs.map((config, id) => ({
    id,
    config,
    measured: null,
    quality: null,
    failure: null,
  })),
  ...{ baselineId: 0, characterisationWork: null },
  ...{ checkpointTrials: {}, checkpointWork: null, checkpointFailure: null },
  ...{ aftermath: null, aftermathOf: null, aftermathFailure: null },
};

interface Page {
  readonly set: (change: Partial<TrialsState>) => void;
  readonly get: () => TrialsState & ShownRunsState & ChosenState;
  readonly tell: Tell;
}

export function trialsActions(surroundings: LiveRunSurroundings, { set, get, tell }: Page): TrialsActions {
  const storage = late(
    async () => (await import("./storageTrials")).createStorageTrials(surroundings, { set, get }),
    tell,
  );
  const characterisation = late(
    async () => (await import("./characterisation")).createCharacterisation(surroundings, { set, get }),
    tell,
  );
  const checkpoints = late(
    async () => (await import("./checkpointTrials")).createCheckpointTrials(surroundings, { set, get }),
    tell,
  );
  const merging = late(
    async () => (await import("./mergeAftermath")).createAftermath(surroundings, { set, get }),
    tell,
  );
  return {
    measureBits: (...asked) => storage((actions) => actions.measureBits(...asked)),
    searchBits: (...asked) => storage((actions) => actions.searchBits(...asked)),
    stopBits: () => storage((actions) => actions.stopBits()),
    addCharacterisationRow: (...asked) => characterisation((actions) => actions.addCharacterisationRow(...asked)),
    changeCharacterisationRow: (...asked) => characterisation((actions) => actions.changeCharacterisationRow(...asked)),
    removeCharacterisationRow: (...asked) => characterisation((actions) => actions.removeCharacterisationRow(...asked)),
    pinCharacterisationRow: (...asked) => characterisation((actions) => actions.pinCharacterisationRow(...asked)),
    measureCharacterisation: (...asked) => characterisation((actions) => actions.measureCharacterisation(...asked)),
    stopCharacterisation: () => characterisation((actions) => actions.stopCharacterisation()),
    decodeCheckpoints: (...asked) => checkpoints((actions) => actions.decodeCheckpoints(...asked)),
    stopCheckpoints: () => checkpoints((actions) => actions.stopCheckpoints()),
    measureAftermath: (...asked) => merging((actions) => actions.measureAftermath(...asked)),
  };
}

/** Acts once the code is there, in the order in which it was asked. */
function late<Actions>(load: () => Promise<Actions>, tell: Tell): (act: (actions: Actions) => void) => void {
  let loading: Promise<Actions> | null = null;
  return (act) => {
    loading ??= load();
    loading.then(act).catch((error: unknown) => {
      loading = null;
      tell(
        "error",
        `This part of the page could not be loaded: ${errorMessage(error)}. Check the connection and try again.`,
      );
    });
  };
}
