import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { InputError } from "../src/lib/errors";
import { blobBytes, memoryBytes } from "../src/model/source/byteSource";
import { fileBytes } from "./fileBytes";

it("reads the same ranges from memory, from a blob and from disk, and refuses what lies outside", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "bytes-"));
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 251);
  await writeFile(path.join(folder, "a.bin"), bytes);
  const onDisk = fileBytes(path.join(folder, "a.bin"));
  for (const source of [memoryBytes("m", bytes), blobBytes("b", new Blob([bytes])), onDisk]) {
    expect(source.size).toBe(300);
    for (const [offset, length] of [
      [0, 300],
      [7, 0],
      [250, 50],
    ]) {
      expect(Array.from(await source.read(offset, length))).toEqual(Array.from(bytes.slice(offset, offset + length)));
    }
    await expect(source.read(250, 51)).rejects.toThrow(InputError);
    await expect(source.read(-1, 4)).rejects.toThrow(InputError);
  }
  onDisk.close();
  expect(() => fileBytes(path.join(folder, "b.bin"))).toThrow(/b\.bin: could not be read/);
  await rm(folder, { recursive: true });
});
