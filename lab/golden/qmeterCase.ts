// related.qmeter.metrics: times, logits against the reference's, bytes of quantised keys and values, and the Pareto rows.
import { storedBytes, type PackedNumbers } from "../../src/engine/storage/storageFormat";
import { logitQuality, paretoRows, characterisationTimes } from "../../src/experiment/characterisation";
import { readCount, type RunCase } from "./caseParts";
import { compareArrays, compareExactly } from "./compare";
import { fieldOf, integerListOf, itemsOf, numberOf, oneOf, sliceOf, tensorOf, type Field } from "./field";

/** JSON holds 9 digits. */
const TOLERANCE = 1e-7;

export const runQmeter: RunCase = (root) => {
  const inputs = fieldOf(root, "inputs");
  const expected = fieldOf(root, "expected");
  const shape = [readCount(root, "dims", "positions"), readCount(root, "dims", "vocab")];
  const logitsOf = (field: Field): Float32Array[] => {
    const tensor = tensorOf(field, shape);
    return Array.from({ length: shape[0] }, (_, position) => sliceOf(tensor, position).data);
  };
  const times = characterisationTimes(
    numberOf(fieldOf(inputs, "submit")),
    itemsOf(fieldOf(inputs, "token_times")).map(numberOf),
  );
  const named = {
    ttft: times.firstToken,
    tpot: times.perToken,
    ...{ gap_p50: times.gaps.p50, gap_p95: times.gaps.p95, gap_p99: times.gaps.p99 },
    ...{ throughput: times.tokensPerSecond, total: times.total },
  };
  const full = logitsOf(fieldOf(inputs, "logits_full"));
  const targets = integerListOf(fieldOf(inputs, "targets"));
  const qualities = fieldOf(expected, "quality");
  const table = fieldOf(inputs, "table");
  const directions = itemsOf(fieldOf(table, "directions")).map(
    (field) => oneOf(field, ["lower", "higher"]) === "higher",
  );
  const rows = itemsOf(fieldOf(table, "rows")).map((row) => itemsOf(row).map(numberOf));
  return Promise.resolve([
    ...Object.entries(named).map(([name, found]) =>
      compareArrays(name, [found], [numberOf(fieldOf(expected, name))], TOLERANCE),
    ),
    ...Object.keys(qualities.value as object).flatMap((bits) => {
      const other = bits === "16" ? full : logitsOf(fieldOf(fieldOf(inputs, "logits_quantised"), bits));
      const found = logitQuality(full, other, targets);
      const recorded = fieldOf(qualities, bits);
      const numbers = {
        kl_full_to_quantised: found.divergence,
        top1_agreement: found.topAgreement,
        ...{ mean_nll: found.meanLoss, perplexity: found.perplexity },
      };
      return Object.entries(numbers).map(([name, number]) =>
        compareArrays(`quality.${bits}.${name}`, [number], [numberOf(fieldOf(recorded, name))], TOLERANCE),
      );
    }),
    compareExactly(
      "kv_bytes",
      kvBytes(fieldOf(fieldOf(root, "config"), "kv_shape")),
      numberOf(fieldOf(expected, "kv_bytes")),
    ),
    compareExactly("pareto_rows", paretoRows(rows, directions), integerListOf(fieldOf(expected, "pareto_rows"))),
  ]);
};

function kvBytes(shape: Field): number {
  const read = (name: string): number => readCount(shape, name);
  const [bits, headDim, slots] = [read("bits"), read("head_dim"), read("layers") * read("kv_heads") * read("tokens")];
  const packed: PackedNumbers =
    bits === 16
      ? { type: "half" }
      : {
          type: "codes",
          quantiser: { bits, isSymmetric: false, hasHalfNumbers: true },
          axis: "channels",
          groupSize: read("group"),
        };
  const format = { keys: packed, values: packed, hasHeadMean: false, residualSlots: 0, blockSlots: 1 };
  return storedBytes(format, { packedSlots: slots, fullSlots: 0, meanSlots: 0 }, { headDim, numberBytes: 2 }).total;
}
