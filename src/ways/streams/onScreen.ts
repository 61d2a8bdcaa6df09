// Whether the streams on screen are those of the choices.
import type { StreamChosen } from "../../settings/streamSettings";
import { streamRequest } from "../../state/streams/streamRecipe";
import type { StreamTrace } from "../../trace/stream/streamTrace";

/** Stream and rules alike; questions may differ, since they can be asked later too. */
export function isStreamOnScreen(chosen: StreamChosen, lanes: readonly StreamTrace[]): boolean {
  try {
    const wanted = streamRequest(chosen).lanes;
    return (
      wanted.length === lanes.length &&
      wanted.every(({ streamId, policyId, choices, knownQuestion }, lane) => {
        const { recipe } = lanes[lane].header;
        return (
          recipe.streamId === streamId &&
          recipe.policyId === policyId &&
          recipe.knownQuestion === knownQuestion &&
          JSON.stringify(Object.entries(recipe.choices).sort()) === JSON.stringify(Object.entries(choices).sort())
        );
      })
    );
  } catch {
    // There is no such stream: none can be on screen.
    return false;
  }
}
