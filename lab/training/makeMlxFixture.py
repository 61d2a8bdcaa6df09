"""Makes fixtures/mlx/affine: a tiny model whose matrices are quantised as MLX does it, and the golden case of their values.

Codes, scales and biases are drawn (seeded), so that no training data and no other package is involved. One module has 8
bits, one is not quantised; scales are BF16, of which some are too small for a half. By the formula scale * code + bias, in
float32: digests.json has the SHA-256 of each matrix, the golden case the values of some more.

    python lab/training/makeMlxFixture.py        (the same bytes on every run; needs NumPy)
"""

import base64
import hashlib
import json
import struct
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
HIDDEN, INTERMEDIATE, HEADS, KV_HEADS, LAYERS = 64, 96, 4, 2, 2
WORDS = "<unk> <eos> the cat sat on a mat and looked at red door while rain fell over old town some one walked home".split()
GROUP = 32
random = np.random.default_rng(3900)


def bfloat16(values):
    """Nearest, halves up: the words of BF16."""
    return ((np.asarray(values, np.float32).view(np.uint32) + 0x8000) >> 16).astype(np.uint16)


def widened(words):
    return (words.astype(np.uint32) << 16).view(np.float32)


def affine(rows, columns, bits, group, tiny=False):
    """Three tensors of a matrix, and its values."""
    codes = random.integers(0, 2**bits, (rows, columns), dtype=np.uint32)
    size = 0.25 * (0.5 + random.random((rows, columns // group))) / 2**(bits - 1)
    if tiny:
        size[0] = 1e-7
    scales = bfloat16(size)
    biases = bfloat16(-size * 2**(bits - 1))
    per_word = 32 // bits
    shifts = np.arange(per_word, dtype=np.uint32) * bits
    weight = np.bitwise_or.reduce(codes.reshape(rows, -1, per_word) << shifts, axis=2)
    of_column = lambda words: np.repeat(widened(words), group, axis=1)
    values = of_column(scales) * codes.astype(np.float32) + of_column(biases)
    return weight, scales, biases, values


def tensor(array):
    return {"shape": list(array.shape), "b64": base64.b64encode(array.tobytes()).decode()}


def save(path, tensors):
    header, data = {"__metadata__": {"format": "mlx"}}, b""
    for name, (kind, array) in sorted(tensors.items()):
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    matrices = {"model.embed_tokens": (len(WORDS), HIDDEN), "lm_head": (len(WORDS), HIDDEN)}
    tensors = {"model.norm.weight": ("BF16", bfloat16(0.5 + random.random(HIDDEN)))}
    head = HIDDEN // HEADS
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{prefix}{name}.weight"] = ("BF16", bfloat16(0.5 + random.random(HIDDEN)))
        matrices |= {
            f"{prefix}self_attn.q_proj": (HIDDEN, HIDDEN),
            f"{prefix}self_attn.k_proj": (KV_HEADS * head, HIDDEN),
            f"{prefix}self_attn.v_proj": (KV_HEADS * head, HIDDEN),
            f"{prefix}self_attn.o_proj": (HIDDEN, HIDDEN),
            f"{prefix}mlp.gate_proj": (INTERMEDIATE, HIDDEN),
            f"{prefix}mlp.up_proj": (INTERMEDIATE, HIDDEN),
            f"{prefix}mlp.down_proj": (HIDDEN, INTERMEDIATE),
        }
    own = {"model.layers.1.mlp.down_proj": {"group_size": GROUP, "bits": 8}, "model.layers.0.self_attn.v_proj": False}
    values = {}
    for name, (rows, columns) in matrices.items():
        if own.get(name) is False:
            plain = bfloat16(0.25 * random.standard_normal((rows, columns)))
            tensors[f"{name}.weight"], values[name] = ("BF16", plain), widened(plain)
            continue
        bits = own.get(name, {"bits": 4})["bits"]
        weight, scales, biases, values[name] = affine(rows, columns, bits, GROUP, tiny=name.endswith("1.mlp.up_proj"))
        tensors |= {f"{name}.weight": ("U32", weight), f"{name}.scales": ("BF16", scales), f"{name}.biases": ("BF16", biases)}

    folder = ROOT / "fixtures/mlx/affine"
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / "model.safetensors", tensors)
    quantisation = {"group_size": GROUP, "bits": 4, "mode": "affine", **own}
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": len(WORDS), "hidden_size": HIDDEN,
        "intermediate_size": INTERMEDIATE, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "rms_norm_eps": 1e-5, "max_position_embeddings": 256,
        "tie_word_embeddings": False, "eos_token_id": 1, "quantization": quantisation, "quantization_config": quantisation,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    tokenizer = {
        "version": "1.0", "normalizer": None, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
        "added_tokens": [{"id": at, "content": WORDS[at], "special": True, "normalized": False} for at in (0, 1)],
        "model": {"type": "WordLevel", "vocab": {word: at for at, word in enumerate(WORDS)}, "unk_token": "<unk>"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer) + "\n")

    cases = []
    for bits in (4, 8):
        for group in (32, 64, 128):
            weight, scales, biases, found = affine(3, 256, bits, group)
            cases.append({
                "bits": bits, "group_size": group, "rows": 3, "columns": 256,
                "weight": tensor(weight), "scales": tensor(scales), "biases": tensor(biases),
                "values": {"dtype": "f32", **tensor(found)},
            })
    golden = {
        "schema": "kv-golden/1", "id": "mlx-affine-0", "kind": "related.mlx.affine",
        "provenance": {
            "repo": "ml-explore/mlx", "entry": "affine quantisation, by its formula", "real_code": False, "derived": True,
            "notes": ["value = scale * code + bias in float32; codes lowest bits first; scales and biases BF16"],
        },
        "seed": 3900, "preset": None, "config": {}, "dims": {},
        "inputs": {"matrices": [{key: case[key] for key in case if key != "values"} for case in cases]},
        "expected": {"values": [case["values"] for case in cases]},
    }
    (ROOT / "fixtures/golden/related/mlx-affine-0.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    digests = {name: hashlib.sha256(array.astype(np.float32).tobytes()).hexdigest() for name, array in values.items()}
    (folder / "digests.json").write_text(json.dumps(digests, indent=2) + "\n")


if __name__ == "__main__":
    main()
