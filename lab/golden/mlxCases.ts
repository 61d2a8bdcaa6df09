// related.mlx.affine: matrices as MLX quantises them, in 4 and 8 bits and every size of groups. Equal to the bit.
import { InputError } from "../../src/lib/errors";
import { mlxMatrix, type HeldTensor } from "../../src/model/mlxWeights";
import { parseQuantisation } from "../../src/model/quantisation";
import { readMatrix } from "../../src/model/readMatrix";
import type { RunCase } from "./caseParts";
import type { FieldComparison } from "./compare";
import { bytesOf, countOf, fieldOf, integerListOf, itemsOf, tensorOf, type Field } from "./field";
import { compareBits } from "./ggufCases";

export const runMlxAffine: RunCase = async (root) => {
  const expected = itemsOf(fieldOf(fieldOf(root, "expected"), "values"));
  const comparisons: FieldComparison[] = [];
  for (const [at, matrix] of itemsOf(fieldOf(fieldOf(root, "inputs"), "matrices")).entries()) {
    const codes = { bits: fieldOf(matrix, "bits").value, group_size: fieldOf(matrix, "group_size").value };
    const quantisation = parseQuantisation({ file: matrix.path, values: new Map([["quantization", codes]]) });
    if (quantisation === null) throw new InputError(`${matrix.path} is not quantised`);
    const shape = [countOf(fieldOf(matrix, "rows")), countOf(fieldOf(matrix, "columns"))];
    const parts = {
      weight: heldTensor(matrix, "weight", "U32"),
      scales: heldTensor(matrix, "scales", "BF16"),
      biases: heldTensor(matrix, "biases", "BF16"),
    };
    const found = await readMatrix(mlxMatrix("m.weight", parts, shape, quantisation));
    comparisons.push(
      compareBits(
        `${quantisation.bits} bits, groups of ${quantisation.groupSize}`,
        found,
        tensorOf(expected[at], shape).data,
      ),
    );
  }
  return comparisons;
};

function heldTensor(matrix: Field, name: string, type: string): HeldTensor {
  const field = fieldOf(matrix, name);
  const bytes = bytesOf(fieldOf(field, "b64"));
  const shape = integerListOf(fieldOf(field, "shape"));
  return { bytes, file: field.path, entry: { name: `m.${name}`, type, shape, begin: 0, end: bytes.length } };
}
