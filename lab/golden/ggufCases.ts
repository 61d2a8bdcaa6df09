// related.gguf.*: rows of every block format, read and made, a file's metadata and tensors, and files that must be refused.
// Everything must be equal to the bit.
import { InputError, errorMessage } from "../../src/lib/errors";
import { readGgufHeader, type MetadataItem, type MetadataValue } from "../../src/model/gguf/ggufFile";
import { memoryBytes } from "../../src/model/source/byteSource";
import { quantisedFormats, quantiseNumbers } from "../../src/model/quantiseWeights";
import { dequantiseRow, weightFormat, type WeightFormat } from "../../src/model/weightFormats";
import type { RunCase } from "./caseParts";
import { compareExactly, type FieldComparison } from "./compare";
import { bytesOf, countOf, fieldOf, integerListOf, itemsOf, numberOf, optionalField, tensorOf, textOf } from "./field";
import type { Field } from "./field";

export const runGgufDequant: RunCase = (root) => {
  const expected = fieldOf(fieldOf(root, "expected"), "values");
  return Promise.resolve(
    itemsOf(fieldOf(fieldOf(root, "inputs"), "blocks")).flatMap((block) => {
      const name = textOf(fieldOf(block, "type"));
      const format = formatNamed(fieldOf(block, "type"));
      const [rows, columns] = [countOf(fieldOf(block, "rows")), countOf(fieldOf(block, "row_length"))];
      const found = dequantiseRows(format, bytesOf(fieldOf(block, "raw")), rows, columns);
      return [
        compareExactly(`${name}.type_id`, format.id, numberOf(fieldOf(block, "type_id"))),
        compareExactly(
          `${name}.row_bytes`,
          (columns / format.blockValues) * format.blockBytes,
          numberOf(fieldOf(block, "row_bytes")),
        ),
        compareBits(`values.${name}`, found, tensorOf(fieldOf(expected, name), [rows, columns]).data),
      ];
    }),
  );
};

/** What a model's own numbers become in blocks, byte for byte. */
export const runGgufQuantise: RunCase = (root) => {
  const dims = fieldOf(root, "dims");
  const shape = [countOf(fieldOf(dims, "rows")), countOf(fieldOf(dims, "columns"))];
  const { data } = tensorOf(fieldOf(fieldOf(root, "inputs"), "values"), shape);
  const recorded = fieldOf(fieldOf(root, "expected"), "raw");
  return Promise.resolve(
    quantisedFormats.map((name) =>
      compareExactly(name, [...quantiseNumbers(name, data)], [...bytesOf(fieldOf(recorded, name))]),
    ),
  );
};

export const runGgufFile: RunCase = async (root) => {
  const bytes = bytesOf(fieldOf(fieldOf(root, "inputs"), "file"));
  const expected = fieldOf(root, "expected");
  const header = await readGgufHeader(memoryBytes("file", bytes));
  const found = [...header.metadata].map(([key, value]) => JSON.stringify({ key, ...plainValue(value) }));
  const recorded = itemsOf(fieldOf(expected, "metadata")).map(({ value }) => JSON.stringify(value));
  return [
    compareExactly("verdict", "accept", textOf(fieldOf(expected, "verdict"))),
    compareExactly("metadata", found, recorded),
    compareExactly("data_start", header.dataStart, numberOf(fieldOf(expected, "data_start"))),
    ...itemsOf(fieldOf(expected, "tensors")).flatMap((recordedTensor): FieldComparison[] => {
      const name = textOf(fieldOf(recordedTensor, "name"));
      const tensor = header.tensors.get(name);
      if (tensor === undefined) throw new InputError(`tensor ${name} was not found`);
      const { dims, type, typeId, begin, byteCount } = tensor;
      const facts: Readonly<Record<string, unknown>> = {
        ...{ dims, type, type_id: typeId, offset: begin - header.dataStart, bytes: byteCount },
      };
      const values = optionalField(recordedTensor, "values");
      const [columns, ...others] = dims;
      const rows = others.reduce((product, size) => product * size, 1);
      return [
        ...Object.entries(facts).map(([fact, value]) =>
          compareExactly(
            `${name}.${fact}`,
            value,
            fact === "dims" ? integerListOf(fieldOf(recordedTensor, fact)) : fieldOf(recordedTensor, fact).value,
          ),
        ),
        ...(values === null
          ? []
          : [
              compareBits(
                `${name}.values`,
                dequantiseRows(
                  formatNamed(fieldOf(recordedTensor, "type")),
                  bytes.subarray(begin, begin + byteCount),
                  rows,
                  columns,
                ),
                tensorOf(values, integerListOf(fieldOf(values, "shape"))).data,
              ),
            ]),
      ];
    }),
    compareExactly("number of tensors", header.tensors.size, itemsOf(fieldOf(expected, "tensors")).length),
  ];
};

/** A refusal must be one for the user: any other error is a failure of ours. */
export const runGgufHostile: RunCase = async (root) => {
  const expected = fieldOf(root, "expected");
  const comparisons: FieldComparison[] = [];
  for (const file of itemsOf(fieldOf(fieldOf(root, "inputs"), "files"))) {
    const name = textOf(fieldOf(file, "name"));
    const found = await readGgufHeader(memoryBytes(name, bytesOf(fieldOf(file, "file")))).then(
      () => "accept",
      (error: unknown) => (error instanceof InputError ? "reject" : `failed: ${errorMessage(error)}`),
    );
    comparisons.push(compareExactly(name, found, textOf(fieldOf(fieldOf(expected, name), "verdict"))));
  }
  return comparisons;
};

function formatNamed(field: Field): WeightFormat {
  const format = weightFormat(textOf(field));
  if (format === undefined) throw new InputError(`${field.path}: ${textOf(field)} is no format that can be read`);
  return format;
}

function dequantiseRows(format: WeightFormat, bytes: Uint8Array, rows: number, columns: number): Float32Array {
  const rowBytes = (columns / format.blockValues) * format.blockBytes;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    dequantiseRow(
      format,
      bytes.subarray(row * rowBytes, (row + 1) * rowBytes),
      values.subarray(row * columns, (row + 1) * columns),
    );
  }
  return values;
}

export function compareBits(field: string, found: Float32Array, recorded: Float32Array): FieldComparison {
  const bits = (values: Float32Array): string[] =>
    Array.from(values, (value) => (Object.is(value, -0) ? "-0" : String(value)));
  return compareExactly(field, bits(found), bits(recorded));
}

/** As the cases hold them: 64-bit integers as texts, lists with the type of their items. */
function plainValue(value: MetadataValue): { type: string; value: unknown } {
  if (value.type === "array") return { type: "array", value: plainItem(value) };
  return { type: value.type, value: plainItem(value.value) };
}

function plainItem(item: MetadataItem): unknown {
  if (typeof item === "bigint") return String(item);
  return typeof item === "object" ? { of: item.of, items: item.items.map(plainItem) } : item;
}
