// The codec of a CPU session, from the parameters of its run.

import type { StorageParameters } from "../../policy/storageParameters";
import { layerFormat } from "../storage/storageFormat";
import type { KvCodec } from "./kvStore";
import { createPackedLayer } from "./packedKv";
import { plainCodec } from "./plainKv";

export function storageCodec(parameters: StorageParameters): KvCodec {
  if (parameters.storage === "asComputed") return plainCodec;
  return {
    needsUnrotatedKeys: false,
    createLayer: (shape) => {
      const format = layerFormat(parameters, shape.layer, shape);
      return format === null ? plainCodec.createLayer(shape) : createPackedLayer(shape, format);
    },
  };
}
