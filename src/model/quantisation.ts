// What config.json says about quantised weights. MLX's affine codes can be read (mlxWeights.ts); everything else is refused by
// its name.

import { InputError } from "../lib/errors";
import { describe, hasField, recordFields, type Fields } from "./fields";
import { languageName } from "./weightFiles";

/** MLX: codes of so many bits, and a scale and a bias for each group of neighbouring columns. */
export interface AffineCodes {
  readonly bits: 4 | 8;
  readonly groupSize: 32 | 64 | 128;
}

/** Of all matrices, and of those that differ, by the name of their module. Null: stored as numbers. */
export interface AffineQuantisation extends AffineCodes {
  readonly modules: ReadonlyMap<string, AffineCodes | null>;
}

/** By quant_method. */
const methodNames: Readonly<Record<string, string>> = {
  gptq: "GPTQ",
  awq: "AWQ",
  "compressed-tensors": "compressed-tensors",
  bitsandbytes: "bitsandbytes",
  fp8: "FP8",
  fbgemm_fp8: "FP8 (FBGEMM)",
  torchao: "torchao",
  mxfp4: "MXFP4",
  hqq: "HQQ",
  aqlm: "AQLM",
  quanto: "Quanto",
  eetq: "EETQ",
};

const advice = "take the GGUF of the same model (Q8_0 or Q4_K_M)";

/** Null for weights stored as numbers. Throws InputError for what cannot be read, by its name. */
export function parseQuantisation(fields: Fields): AffineQuantisation | null {
  // MLX writes `quantization`, later versions the same under the other name as well.
  for (const name of ["quantization", "quantization_config"]) {
    if (!hasField(fields, name)) continue;
    const said = recordFields(fields.values.get(name), `${fields.file}: ${name}`);
    refuseMethod(said);
    return parseAffine(said);
  }
  return null;
}

function refuseMethod({ file, values }: Fields): void {
  const method = values.get("quant_method") ?? null;
  const mode = values.get("mode") ?? "affine";
  if (method !== null) {
    const name = typeof method === "string" && Object.hasOwn(methodNames, method) ? methodNames[method] : null;
    throw new InputError(
      `${file}: the weights are quantised as ${name ?? describe(method)}, which cannot be read here; ${advice}`,
    );
  }
  if (mode !== "affine") {
    throw new InputError(`${file}: mode is ${describe(mode)}, expected "affine", MLX’s codes with a bias; ${advice}`);
  }
}

function parseAffine(fields: Fields): AffineQuantisation {
  const modules = new Map<string, AffineCodes | null>();
  for (const [name, value] of fields.values) {
    if (value === false) modules.set(languageName(name), null);
    else if (typeof value === "object" && value !== null) {
      const own = recordFields(value, `${fields.file}: ${name}`);
      refuseMethod(own);
      modules.set(languageName(name), parseCodes(own));
    }
  }
  return { ...parseCodes(fields), modules };
}

function parseCodes({ file, values }: Fields): AffineCodes {
  const [bits, groupSize] = [values.get("bits"), values.get("group_size")];
  if (bits !== 4 && bits !== 8) throw new InputError(`${file}: bits is ${describe(bits)}, expected 4 or 8; ${advice}`);
  if (groupSize !== 32 && groupSize !== 64 && groupSize !== 128) {
    throw new InputError(`${file}: group_size is ${describe(groupSize)}, expected 32, 64 or 128; ${advice}`);
  }
  return { bits, groupSize };
}
