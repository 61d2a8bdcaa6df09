// The packed forms of the parts of shaders/common/ by which kernels reach keys and values. Parts are written for a "Side"; a kernel
// gets them once for every buffer of keys and of values that it binds.
import kvPackedCode from "../../../shaders/common/kvPacked.wgsl?raw";
import kvPackedLoadCode from "../../../shaders/common/kvPackedLoad.wgsl?raw";
import kvPackedMoveCode from "../../../shaders/common/kvPackedMove.wgsl?raw";
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
      ].map((part) => partOf(part, side));
    });
  return [constants, kvPackedCode, writes ? quantiseCode : "", ...ofSides];
}

function partOf(part: string, { entries, name, constants, table }: Side): string {
  return part
    .replaceAll("entries", entries)
    .replaceAll("slotTable[", `${table}[`)
    .replaceAll("SIDE_", constants)
    .replaceAll("Side", name.charAt(0).toUpperCase() + name.slice(1))
    .replaceAll("side", name);
}
