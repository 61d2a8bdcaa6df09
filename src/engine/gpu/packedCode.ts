// The packed forms of the parts of shaders/common/ by which kernels reach keys and values. Parts are written for a "Side"; a kernel
// gets them once for every buffer of keys and of values that it binds.
import kvPackedCode from "../../../shaders/common/kvPacked.wgsl?raw";
import kvPackedLoadCode from "../../../shaders/common/kvPackedLoad.wgsl?raw";
import kvPackedMergeCode from "../../../shaders/common/kvPackedMerge.wgsl?raw";
import kvPackedMoveCode from "../../../shaders/common/kvPackedMove.wgsl?raw";
import kvPackedReplaceCode from "../../../shaders/common/kvPackedReplace.wgsl?raw";
import kvPackedStoreCode from "../../../shaders/common/kvPackedStore.wgsl?raw";
import kvPackedWordCode from "../../../shaders/common/kvPackedWord.wgsl?raw";
import kvPackedWriteCode from "../../../shaders/common/kvPackedWrite.wgsl?raw";
import quantiseCode from "../../../shaders/common/quantise.wgsl?raw";

interface Side {
  /** The buffer, and what "side" becomes. */
  readonly entries: string;
  readonly name: string;
  readonly constants: "KEY_" | "VALUE_";
  readonly table: "slotTable" | "oldTable";
}

const sides: readonly Side[] = [
  { entries: "keys", name: "key", constants: "KEY_", table: "slotTable" },
  { entries: "values", name: "value", constants: "VALUE_", table: "slotTable" },
  { entries: "oldKeys", name: "oldKey", constants: "KEY_", table: "oldTable" },
  { entries: "oldValues", name: "oldValue", constants: "VALUE_", table: "oldTable" },
];

/** Whether a kernel reaches keys or values by what differs where they are packed. */
export function hasPackedForm(code: string): boolean {
  return code.includes("array<Kv") && !code.includes("moveKv(") && !code.includes("turnKey(");
}

/** What stands in front of such a kernel in a session of these constants (packedStorage.ts). */
export function packedParts(code: string, bindings: readonly string[], constants: string): string[] {
  const writes = code.includes("array<KvAtomic>");
  const ofSides = sides
    .filter(({ entries }) => bindings.includes(entries))
    .flatMap((side) => {
      const isWritten = writes && side.table === "slotTable";
      return [
        isWritten ? kvPackedWriteCode : kvPackedWordCode,
        kvPackedLoadCode,
        code.includes("storeKey(") ? kvPackedStoreCode : "",
        code.includes("repackKeyBlock(") && isWritten ? kvPackedMoveCode : "",
        code.includes("replaceKeyEntry(") ? kvPackedReplaceCode : "",
      ].map((part) => partOf(part, side));
    });
  return [constants, kvPackedCode, writes ? quantiseCode : "", mergeCode(code, bindings), ...ofSides];
}

/** Bound last by a kernel that merges: it packs nothing itself. */
export const MERGED_BINDING = "merged";

function mergeCode(code: string, bindings: readonly string[]): string {
  if (!code.includes("replaceKv(")) return "";
  const binding = bindings.indexOf(MERGED_BINDING);
  return `@group(0) @binding(${binding}) var<storage, read_write> ${MERGED_BINDING}: array<vec4f>;\n${kvPackedMergeCode}`;
}

function partOf(part: string, { entries, name, constants, table }: Side): string {
  return part
    .replaceAll("entries", entries)
    .replaceAll("slotTable[", `${table}[`)
    .replaceAll("SIDE_", constants)
    .replaceAll("Side", name.charAt(0).toUpperCase() + name.slice(1))
    .replaceAll("side", name);
}
