// A stream without meaning for the tests of both backends: frames of a few tokens, some of which stay the same.
import { randomStream } from "../../lib/random";
import { seededModel, seededPrompt, tinyConfig } from "../seededModel.testing";
import type { StreamChoices } from "../../policy/streamChoices";
import type { StreamRequest } from "./streamSession";

export const frameTokens = 6;
export const streamModel = seededModel(31);
export const question = seededPrompt(5, 7);

export const tarVan: StreamChoices = {
  ...{ rule: "tarVan", capFrames: 4, keepFrames: 3, blockFrames: 1, frameTokens, seed: 7 },
  ...{ temporalShare: 0.5, recentShare: 0.125, isReversed: false },
  ...{ isRenumbered: true, temporalKeys: "beforeRope", patchOf: "token", poolingWidths: null },
};

/** The first tokens of a frame are always the same, the others always drawn anew. */
export function drawFrames(count: number): Int32Array[] {
  const stream = randomStream(3);
  return Array.from({ length: count }, () =>
    Int32Array.from({ length: frameTokens }, (_, patch) =>
      patch < 3 ? patch + 1 : stream.integer(4, tinyConfig.vocabularySize - 1),
    ),
  );
}

export function streamOf(choices: Partial<StreamChoices> = {}, request: Partial<StreamRequest> = {}): StreamRequest {
  return {
    ...{ model: streamModel, choices: { ...tarVan, ...choices }, systemTokens: Int32Array.of(0) },
    ...{ streamFrames: 128, questionSlots: 16, ...request },
  };
}
