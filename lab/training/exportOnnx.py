"""Writes a LlamaForCausalLM folder as ONNX with a KV cache, in the layout that @huggingface/transformers loads.

It exists for the bench, which runs the same model through transformers.js: the graph therefore uses the fused operators that
published exports use (GroupQueryAttention with rotary embedding and packed q/k/v, SimplifiedLayerNormalization), not the
slower generic ones that torch.onnx writes. Checked against transformers before anything is left behind.

    python lab/training/exportOnnx.py [MODEL_FOLDER [OUTPUT_FOLDER]]      (defaults: winnow-1m, lab/training/out/onnx)

Inputs   input_ids, attention_mask: int64 [batch, sequence], [batch, total]
         past_key_values.N.key, .value: float32 [batch, kvHead, past, headDim]
Outputs  logits: float32 [batch, sequence, vocabulary]; present.N.key, .value as above, [batch, kvHead, total, headDim]
The names of the open dimensions matter: transformers.js shapes the empty cache of the first call by them.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import transformers
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).parents[2]
COPIED_FILES = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]


class GraphBuilder:
    """Collects nodes and weights; every node has one output, named by the caller."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def matmul(self, data: str, matrix: torch.Tensor, output: str) -> str:
        """data · matrixᵀ, for a matrix stored [output][input] as torch does."""
        return self.node("MatMul", [data, self.weight(f"{output}.weight", matrix.numpy().T)], output)

    def norm(self, data: str, scale: torch.Tensor, epsilon: float, output: str) -> str:
        weight = self.weight(f"{output}.weight", scale.numpy())
        return self.node("SimplifiedLayerNormalization", [data, weight], output, axis=-1, epsilon=epsilon)


def build(model: transformers.LlamaForCausalLM) -> onnx.ModelProto:
    config = model.config
    rope = config.rope_parameters
    assert rope["rope_type"] == "default" and not config.attention_bias and not config.mlp_bias, "not supported here"
    head_dim, kv_heads = config.head_dim, config.num_key_value_heads
    graph = GraphBuilder()

    # Rotation by position, half split: [position][headDim / 2].
    frequencies = rope["rope_theta"] ** (-np.arange(0, head_dim, 2, dtype=np.float64) / head_dim)
    angles = np.outer(np.arange(config.max_position_embeddings), frequencies)
    cosines = graph.weight("cosines", np.cos(angles).astype(np.float32))
    sines = graph.weight("sines", np.sin(angles).astype(np.float32))

    # The fused attention expects the length of the past plus this call, minus one, and the longest of the batch, as int32.
    graph.weight("one", np.array([1], dtype=np.int64))
    graph.node("ReduceSum", ["attention_mask", "one"], "visible", keepdims=0)
    graph.node("Sub", ["visible", "one"], "lastVisible")
    graph.node("Cast", ["lastVisible"], "pastLengths", to=TensorProto.INT32)
    graph.node("Shape", ["attention_mask"], "maskShape", start=1, end=2)
    graph.node("Squeeze", ["maskShape"], "maskLength")
    graph.node("Cast", ["maskLength"], "totalLength", to=TensorProto.INT32)

    embedding = model.model.embed_tokens.weight.detach()
    hidden = graph.node("Gather", [graph.weight("embedding", embedding.numpy()), "input_ids"], "embedded")
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch_size", "sequence_length", config.vocab_size])]

    for number, layer in enumerate(model.model.layers):
        name = f"layer{number}"
        attention, mlp = layer.self_attn, layer.mlp
        normed = graph.norm(hidden, layer.input_layernorm.weight.detach(), config.rms_norm_eps, f"{name}.attentionNorm")
        packed = torch.cat([attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight]).detach()
        queries = graph.matmul(normed, packed, f"{name}.queryKeyValue")
        past = [f"past_key_values.{number}.{part}" for part in ("key", "value")]
        present = [f"present.{number}.{part}" for part in ("key", "value")]
        attended = f"{name}.attended"
        graph.nodes.append(helper.make_node(
            "GroupQueryAttention",
            [queries, "", "", *past, "pastLengths", "totalLength", cosines, sines],
            [attended, *present],
            name=attended, domain="com.microsoft", num_heads=config.num_attention_heads, kv_num_heads=kv_heads,
            do_rotary=1, rotary_interleaved=0, scale=float(head_dim**-0.5),
        ))
        inputs += [helper.make_tensor_value_info(each, TensorProto.FLOAT, ["batch_size", kv_heads, "past_sequence_length", head_dim]) for each in past]
        outputs += [helper.make_tensor_value_info(each, TensorProto.FLOAT, ["batch_size", kv_heads, "total_sequence_length", head_dim]) for each in present]
        projected = graph.matmul(attended, attention.o_proj.weight.detach(), f"{name}.attentionOutput")
        hidden = graph.node("Add", [hidden, projected], f"{name}.afterAttention")

        normed = graph.norm(hidden, layer.post_attention_layernorm.weight.detach(), config.rms_norm_eps, f"{name}.mlpNorm")
        gate = graph.matmul(normed, mlp.gate_proj.weight.detach(), f"{name}.gate")
        up = graph.matmul(normed, mlp.up_proj.weight.detach(), f"{name}.up")
        gate = graph.node("Mul", [gate, graph.node("Sigmoid", [gate], f"{name}.sigmoid")], f"{name}.silu")
        product = graph.node("Mul", [gate, up], f"{name}.gated")
        down = graph.matmul(product, mlp.down_proj.weight.detach(), f"{name}.down")
        hidden = graph.node("Add", [hidden, down], f"{name}.afterMlp")

    normed = graph.norm(hidden, model.model.norm.weight.detach(), config.rms_norm_eps, "finalNorm")
    graph.matmul(normed, model.lm_head.weight.detach(), "logits")
    # IR and opset of published exports, which every recent ONNX Runtime reads.
    return helper.make_model(
        helper.make_graph(graph.nodes, "decoder", inputs, outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10, producer_name="exportOnnx",
    )


@torch.no_grad()
def check(path: Path, model: transformers.LlamaForCausalLM) -> float:
    """Largest difference from the logits of transformers, relative to the largest logit: a prefill of 40 tokens, then 24 steps."""
    config = model.config
    tokens = np.random.default_rng(1).integers(0, config.vocab_size, (1, 64))
    expected = model(torch.from_numpy(tokens)).logits[0].numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    empty = np.zeros((1, config.num_key_value_heads, 0, config.head_dim), dtype=np.float32)
    past = {
        f"past_key_values.{layer}.{part}": empty
        for layer in range(config.num_hidden_layers) for part in ("key", "value")
    }
    found = []
    for begin, end in [(0, 40), *((at, at + 1) for at in range(40, 64))]:
        logits, *present = session.run(None, {
            "input_ids": tokens[:, begin:end], "attention_mask": np.ones((1, end), dtype=np.int64), **past,
        })
        past = dict(zip(past, present))
        found.append(logits[0])
    return float(np.abs(np.concatenate(found) - expected).max() / np.abs(expected).max())


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "public" / "models" / "winnow-1m"
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "lab" / "training" / "out" / "onnx"
    model = transformers.LlamaForCausalLM.from_pretrained(source, dtype=torch.float32)
    path = target / "onnx" / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    exported = build(model)
    onnx.save(exported, path)
    difference = check(path, model)
    if difference > 1e-5:
        path.unlink()
        sys.exit(f"logits differ from transformers by {difference:.1e} of the largest logit; nothing was written")
    for name in COPIED_FILES:
        if (source / name).exists():
            shutil.copy(source / name, target / name)
    print(json.dumps({"file": str(path), "bytes": path.stat().st_size, "difference": difference}))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
