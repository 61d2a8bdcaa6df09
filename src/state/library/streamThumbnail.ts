// A stream at a glance, drawn as a run of text is: the saw-tooth of its cache under the line of a full one, and what is left of
// each stretch of the stream at its end.
import { fullSlotsAfter, heldShares } from "../../trace/stream/streamReplay";
import { framesSeenBy, type StreamTrace } from "../../trace/stream/streamTrace";
import { digitsOf, path, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, type Thumbnail } from "./thumbnail";

export function streamThumbnail(trace: StreamTrace): Thumbnail {
  const frames = framesSeenBy(trace);
  if (frames === 0) return { cachePath: "", textPath: "", heldDigits: "" };
  const most = fullSlotsAfter(trace, frames);
  const at = (seen: number, slots: number): readonly [number, number] => [
    (seen / frames) * THUMBNAIL_WIDTH,
    THUMBNAIL_HEIGHT * (1 - slots / most),
  ];
  return {
    cachePath: path(
      trace.blocks.flatMap(({ framesSeen, arrivedSlots, lengthSlots }) => [
        at(framesSeen, arrivedSlots),
        ...(lengthSlots < arrivedSlots ? [at(framesSeen, lengthSlots)] : []),
      ]),
    ),
    textPath: path([at(0, fullSlotsAfter(trace, 0)), at(frames, most)]),
    heldDigits: digitsOf(heldShares(trace, frames)),
  };
}
