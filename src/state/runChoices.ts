// The settings that give the runs on screen again, read from their headers: a run that was opened can be run.
import { isUnusedByPolicy, withoutDefaults } from "../settings/inForce";
import { encodeLink } from "../settings/link";
import { isLaneId, lockedIds, ownIds, withoutOwnDefaults, type LaneChoices } from "../settings/lanes";
import { OWN_TEXT, settingIds, settingRow, settingTable, type Choices } from "../settings/settings";
import type { TraceHeader } from "../trace/trace";
import type { ChosenState } from "./choices";

/** `problemId`: the problem that the run was asked, null for a text. */
export function choicesOfRun(header: TraceHeader, problemId: string | null): Choices {
  const { temperature, topP, topK, seed } = header.sampling;
  const parameters = Object.fromEntries(
    settingIds
      .filter((id) => isLaneId(id) && id in header.parameters && !isUnusedByPolicy(id, header.policyId))
      .map((id) => [id, header.parameters[id]]),
  );
  const isModelKnown = settingTable.model.choices.some(({ value }) => value === header.model.id);
  return withoutDefaults({
    ...parameters,
    ...(problemId === null ? { problem: OWN_TEXT, promptText: header.promptText } : { problem: problemId }),
    ...(isModelKnown && { model: header.model.id }),
    policyId: header.policyId,
    temperature,
    ...(temperature > 0 && { topP, topK, seed }),
  });
}

/** Rows that say where and how a run is made, not what comes out. */
const machineIds = settingIds.filter((id) => settingRow(id).group === "engine");

function isOfMachine(id: string): boolean {
  return machineIds.some((one) => one === id);
}

/** Choices of another experiment, to be made on the machine chosen now. */
export function onMachineOf(now: Choices, choices: Choices): Choices {
  return {
    ...choices,
    ...Object.fromEntries(Object.entries(now).filter(([id]) => isOfMachine(id))),
  };
}

/** Whether these settings ask for the runs with these headers, on whatever machine. */
export function areAskedFor(
  headers: readonly TraceHeader[],
  problemId: string | null,
  { choices, comparison }: ChosenState,
): boolean {
  const plain = Object.fromEntries(Object.entries(withoutDefaults(choices)).filter(([id]) => !isOfMachine(id)));
  return encodeLink({ choices: plain, comparison }) === encodeLink(stateOfRuns(headers, problemId));
}

/** Runs of one prompt side by side: the first gives the settings, the others become lanes next to it. */
export function stateOfRuns([first, ...others]: readonly TraceHeader[], problemId: string | null): ChosenState {
  return {
    choices: choicesOfRun(first, problemId),
    comparison: {
      others: others.map((header) => laneOfRun(header, first)),
      isForced: first.isForced === true,
    },
  };
}

/** What a lane says for itself: what its policy uses, and of the shared rows those that are not the first one's. */
function laneOfRun({ policyId, parameters }: TraceHeader, first: TraceHeader): LaneChoices {
  const isUsed = (id: (typeof ownIds)[number]): boolean => id in parameters && !isUnusedByPolicy(id, policyId);
  const own = ownIds.filter((id) => id !== "policyId" && isUsed(id));
  const unlocked = lockedIds.filter((id) => isUsed(id) && parameters[id] !== first.parameters[id]);
  const said = Object.fromEntries([...own, ...unlocked].map((id) => [id, parameters[id]])) as LaneChoices;
  return withoutOwnDefaults({ ...said, policyId });
}
