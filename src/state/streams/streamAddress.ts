// The address of the streams on screen, as it is shared: what was chosen, which weights, a proof for each lane that was watched to
// its end, and the moment on show.
import { streamTexts } from "../../settings/streamLink";
import { encodeStreamProof, proveStream } from "../../trace/stream/streamProof";
import { shortLink } from "../sharedLink";
import { areWatched } from "./streamRecipe";
import type { StreamsState } from "./streamState";

export interface SharedStream {
  /** The page's own address, without a fragment. */
  readonly page: string;
  readonly state: Pick<StreamsState, "chosen" | "lanes" | "view">;
  readonly hasMoment: boolean;
}

export async function streamAddress({ page, state, hasMoment }: SharedStream): Promise<string> {
  const { chosen, lanes, view } = state;
  const isProven = areWatched(chosen, lanes);
  const stream = streamTexts({
    chosen,
    revision: isProven ? lanes[0].header.model.digest.slice(0, 8) : null,
    proofs: isProven ? lanes.map((trace) => encodeStreamProof(proveStream(trace))) : [],
    place: hasMoment && lanes.length > 0 ? { seen: view.seen, lane: view.stageLane, head: view.head } : null,
  });
  return `${page}#${await shortLink({ way: "streams", stream })}`;
}
