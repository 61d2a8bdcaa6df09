// Which query head of a group brought a candidate its window attention S. For the record: no policy reads it.
// CPU twin of the GPU kernel; methods section 3, steps 1 and 2, and section 10, evidence.
import type { AttentionInput } from "./attentionRow";
import type { RowCount } from "./windowAttention";
import { windowAttention } from "./windowAttention";

/**
 * S is a sum over the window's rows, and so a sum of what each query head brought: where the group is joined by its
 * maximum, a row's probability counts for the head that has the maximum (the first of equals); with the mean, for each.
 */
export interface VoteCount extends RowCount {
  /** The head that brought most, −1 where all brought nothing; the first of equals. [kvHead][candidate] */
  votingHeads(): Int8Array;
}

export function createVoteCount({ shape, groupPooling }: Pick<AttentionInput, "shape" | "groupPooling">): VoteCount {
  const { headCount, kvHeadCount, lengthSlots, windowSlots } = shape;
  const groupSize = headCount / kvHeadCount;
  const candidateCount = lengthSlots - windowSlots;
  const brought = new Float64Array(headCount * candidateCount); // [kvHead][member][candidate]

  return {
    add(kvHead, members) {
      const from = kvHead * groupSize * candidateCount;
      for (let candidate = 0; candidate < candidateCount; candidate++) {
        const first = groupPooling === "max" ? largestMember(members, groupSize, candidate) : 0;
        const last = groupPooling === "max" ? first : groupSize - 1;
        for (let member = first; member <= last; member++) {
          brought[from + member * candidateCount + candidate] += members[member * lengthSlots + candidate];
        }
      }
    },
    votingHeads() {
      const votingHeads = new Int8Array(kvHeadCount * candidateCount);
      for (let at = 0; at < votingHeads.length; at++) {
        const kvHead = Math.floor(at / candidateCount);
        const from = kvHead * groupSize * candidateCount;
        const rows = brought.subarray(from, from + groupSize * candidateCount);
        const candidate = at % candidateCount;
        const member = largestMember(rows, groupSize, candidate);
        votingHeads[at] = rows[member * candidateCount + candidate] > 0 ? member : -1;
      }
      return votingHeads;
    },
  };
}

/** The same from keys and queries. */
export function votingHeads(input: AttentionInput): Int8Array {
  const votes = createVoteCount(input);
  windowAttention(input, votes);
  return votes.votingHeads();
}

/** Row of the largest number in a column of `rows`, [member][column]; the first of equals. */
function largestMember(rows: Float32Array | Float64Array, memberCount: number, column: number): number {
  const width = rows.length / memberCount;
  let largest = 0;
  for (let member = 1; member < memberCount; member++) {
    if (rows[member * width + column] > rows[largest * width + column]) largest = member;
  }
  return largest;
}
