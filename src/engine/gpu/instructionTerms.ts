// The family of terms for the fair share of two instructions: what their tokens receive from their own, right after the prompt.
//
//   queries · keys ► rows: peak and sum ► columns of those who vote ► "instructionVotes", "instructionAttention"
import { headCountOf } from "../../cache/headRows";
import { assert } from "../../lib/errors";
import { instructionPair, votingWindows } from "../../policy/fairShare";
import { boundKernel } from "./dispatch";
import { allOf } from "./kernelCache";
import { flag } from "./kernelSpec";
import { instructionAttentionKernel, instructionRowsKernel } from "./kernels/queryKernels";
import { slotRows, type TermFamilySpec } from "./termFamily";

export const instructionFamily: TermFamilySpec = {
  names: ["instructionVotes", "instructionAttention"],
  compile: async (cache, { headDim, headCount, kvHeadCount }) => {
    const overrides = { HEAD_VECTORS: headDim / 4, HEAD_COUNT: headCount, GROUP_SIZE: headCount / kvHeadCount };
    const columns = (isVotes: boolean) =>
      cache.kernel({ spec: instructionAttentionKernel, overrides: { ...overrides, IS_VOTES: flag(isVotes) } });
    const kernels = await allOf({
      rows: cache.kernel({ spec: instructionRowsKernel, overrides }),
      votes: columns(true),
      received: columns(false),
    });
    return (source, layout, parameters) => {
      const { device, pool, params, slotTable, keys, queries } = source;
      const headTotal = layout.shape.layerCount * headCount;
      const instructions = pool.uniform("instructions", 32);
      const rows = pool.storage("instruction rows", 2 * headTotal * layout.slotCapacity * 4); // two numbers a slot
      const votes = slotRows(source, layout, "instruction votes");
      const received = slotRows(source, layout, "instruction attention");
      const measureRows = boundKernel(device, kernels.rows, { params, slotTable, queries, keys, rows });
      const given = { params, instructions, slotTable, queries, keys, rows };
      const measureVotes = boundKernel(device, kernels.votes, { ...given, attention: votes });
      const measureReceived = boundKernel(device, kernels.received, { ...given, attention: received });
      return {
        encode: (recorder, longestSlots) => {
          const pair = instructionPair(parameters.instructions ?? []);
          assert(pair !== null, "two instructions vote, one directly behind the other");
          const [earlier, later] = votingWindows(pair.boundary, longestSlots, layout.windowSlots);
          const voters = [earlier.end - earlier.start, later.end - later.start];
          const words = Uint32Array.of(pair.earlierStart, pair.boundary, pair.laterEnd, ...voters);
          device.queue.writeBuffer(instructions, 0, words);
          recorder.dispatchFor(measureRows, longestSlots, headTotal);
          recorder.dispatchFor(measureVotes, longestSlots, headCountOf(layout.shape));
          recorder.dispatchFor(measureReceived, longestSlots, headCountOf(layout.shape));
        },
        bufferOf: (name) => (name === "instructionVotes" ? votes : received),
      };
    };
  },
};
