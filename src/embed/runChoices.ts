// The settings that give the run on screen again, read from its header: what "Open in Winnow" and the bar begin with.
import { isUnusedByPolicy, withoutDefaults } from "../settings/inForce";
import { isLaneId } from "../settings/lanes";
import { OWN_TEXT, settingIds, settingTable, type Choices } from "../settings/settings";
import type { TraceHeader } from "../trace/trace";

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
