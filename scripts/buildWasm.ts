// Compiles the .wat files of src/engine/cpu/simd into the TypeScript files that carry them:
// node scripts/run.mjs scripts/buildWasm.ts. A test checks that they agree.

import { readFile, writeFile } from "node:fs/promises";
import wabt from "wabt";

const folder = "src/engine/cpu/simd";
const wasmNames = ["packedProduct", "storedRows", "blockProduct"] as const;

export async function main(): Promise<number> {
  for (const name of wasmNames) {
    const bytes = await compiledWasm(name);
    const base64 = Buffer.from(bytes).toString("base64");
    await writeFile(
      `${folder}/${name}Module.ts`,
      `// ${name}.wat, compiled by scripts/buildWasm.ts: ${bytes.length} bytes in base64. Do not edit.\n\n` +
        `export const ${name}Module =\n  "${base64}";\n`,
    );
    console.log(`${folder}/${name}Module.ts: ${bytes.length} bytes`);
  }
  return 0;
}

export async function compiledWasm(name: (typeof wasmNames)[number]): Promise<Uint8Array> {
  const toolkit = await wabt();
  const source = `${folder}/${name}.wat`;
  return toolkit.parseWat(source, await readFile(source, "utf8")).toBinary({}).buffer;
}
