// The codec of a CPU session, from the parameters of its run.

import { storesFewerBytes } from "../../cache/packing";
import type { StorageParameters } from "../../policy/storageParameters";
import { layerFormat } from "../storage/storageFormat";
import { createPlainChunk, type Chunk } from "./chunk";
import type { KvCodec } from "./kvStore";
import { createPackedLayer } from "./packedKv";
import { plainCodec } from "./plainKv";
import { createSimdChunk } from "./simd/simdChunk";

export function storageCodec(parameters: StorageParameters): KvCodec {
  if (!storesFewerBytes(parameters.storage)) return plainCodec;
  let chunk: Chunk | null = null;
  return {
    needsUnrotatedKeys: false,
    createLayer: (shape) => {
      const format = layerFormat(parameters, shape.layer, shape);
      if (format === null) return plainCodec.createLayer(shape);
      chunk ??= createChunk(shape.headDim);
      return createPackedLayer({ shape, format, chunk });
    },
  };
}

/** Through SIMD where there is any. */
export function createChunk(width: number): Chunk {
  return createSimdChunk(width) ?? createPlainChunk(width);
}
