// Compiles src/engine/cpu/simd/packedProduct.wat into the TypeScript file that carries it:
// node scripts/run.mjs scripts/buildWasm.ts. A test checks that the two agree.

import { readFile, writeFile } from "node:fs/promises";
import wabt from "wabt";

const source = "src/engine/cpu/simd/packedProduct.wat";
const target = "src/engine/cpu/simd/packedProductModule.ts";

export async function main(): Promise<number> {
  const bytes = await compiledProduct();
  const base64 = Buffer.from(bytes).toString("base64");
  await writeFile(
    target,
    `// packedProduct.wat, compiled by scripts/buildWasm.ts: ${bytes.length} bytes in base64. Do not edit.\n\n` +
      `export const packedProductModule =\n  "${base64}";\n`,
  );
  console.log(`${target}: ${bytes.length} bytes`);
  return 0;
}

export async function compiledProduct(): Promise<Uint8Array> {
  const toolkit = await wabt();
  return toolkit.parseWat(source, await readFile(source, "utf8")).toBinary({}).buffer;
}
