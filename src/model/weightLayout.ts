// Which tensors a checkpoint of a given shape holds, under the names that transformers gives them.

import type { ModelConfig } from "./config";

export type Shape = readonly number[];

/** Tensors of layer `layer` by name; matrices are [output][input]. */
function layerLayout(config: ModelConfig, layer: number): ReadonlyMap<string, Shape> {
  const { hiddenSize, intermediateSize, headDim } = config;
  const queryRows = config.headCount * headDim;
  const kvRows = config.kvHeadCount * headDim;
  const shapes: [string, Shape][] = [
    ["input_layernorm.weight", [hiddenSize]],
    ["self_attn.q_proj.weight", [queryRows, hiddenSize]],
    ["self_attn.k_proj.weight", [kvRows, hiddenSize]],
    ["self_attn.v_proj.weight", [kvRows, hiddenSize]],
    ["self_attn.o_proj.weight", [hiddenSize, queryRows]],
    [mlpNormName(config), [hiddenSize]],
    ["mlp.gate_proj.weight", [intermediateSize, hiddenSize]],
    ["mlp.up_proj.weight", [intermediateSize, hiddenSize]],
    ["mlp.down_proj.weight", [hiddenSize, intermediateSize]],
  ];
  if (config.hasBranchNorms) for (const name of Object.values(branchNorms)) shapes.push([name, [hiddenSize]]);
  if (config.hasQkvBias) {
    shapes.push(
      ["self_attn.q_proj.bias", [queryRows]],
      ["self_attn.k_proj.bias", [kvRows]],
      ["self_attn.v_proj.bias", [kvRows]],
    );
  }
  if (config.hasQkNorm) {
    shapes.push(["self_attn.q_norm.weight", [headDim]], ["self_attn.k_norm.weight", [headDim]]);
  }
  return new Map(shapes.map(([name, shape]) => [`${layerPrefix(layer)}${name}`, shape]));
}

/** Gemma calls the norm of attention's output what others call the norm of the MLP's input. */
export function mlpNormName({ hasBranchNorms }: Pick<ModelConfig, "hasBranchNorms">): string {
  return hasBranchNorms ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight";
}

export const branchNorms = {
  attention: "post_attention_layernorm.weight",
  mlp: "post_feedforward_layernorm.weight",
};

/** All tensors of the model by name. */
export function weightLayout(config: ModelConfig): ReadonlyMap<string, Shape> {
  const { vocabularySize, hiddenSize } = config;
  const layout = new Map<string, Shape>([
    ["model.embed_tokens.weight", [vocabularySize, hiddenSize]],
    ["model.norm.weight", [hiddenSize]],
  ]);
  if (!config.isTied) layout.set("lm_head.weight", [vocabularySize, hiddenSize]);
  for (let layer = 0; layer < config.layerCount; layer++) {
    for (const [name, shape] of layerLayout(config, layer)) layout.set(name, shape);
  }
  return layout;
}

/** Parameters of the model, a tied embedding counted once. */
export function countParameters(config: ModelConfig): number {
  const sizes = [...weightLayout(config).values()];
  return sizes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

export function layerPrefix(layer: number): string {
  return `model.layers.${layer}.`;
}
