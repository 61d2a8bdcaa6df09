"""Gives every query head of a model its own KV head: the same answers from a cache as many times as large as heads shared one.

    python lab/training/unshareHeads.py --model public/models/winnow-1m --out public/models/winnow-1m-unshared

The rows of each KV head are written once for every query head that reads it. A merge of two cache entries can be exact for
one query only (KeepKV, arXiv:2504.09936), so this is the form in which exactness can be seen.
"""

import argparse
import json
import re
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

SHARED = re.compile(r"\.self_attn\.[kv]_proj\.(weight|bias)$")


def unshare(tensors: dict[str, torch.Tensor], config: dict) -> dict[str, torch.Tensor]:
    """Tensors of the model with as many KV heads as query heads; query head h keeps the keys that it read before."""
    kv_heads, head_dim = config["num_key_value_heads"], config["head_dim"]
    group = config["num_attention_heads"] // kv_heads

    def repeated(rows: torch.Tensor) -> torch.Tensor:
        heads = rows.reshape(kv_heads, head_dim, *rows.shape[1:])
        return heads.repeat_interleave(group, dim=0).reshape(-1, *rows.shape[1:]).contiguous()

    return {name: repeated(rows) if SHARED.search(name) else rows for name, rows in tensors.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder in Hugging Face layout")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    arguments = parser.parse_args()
    config = json.loads((arguments.model / "config.json").read_text())
    arguments.out.mkdir(parents=True, exist_ok=True)
    tensors = unshare(load_file(arguments.model / "model.safetensors"), config)
    save_file(tensors, arguments.out / "model.safetensors", metadata={"format": "pt"})
    unshared = {**config, "num_key_value_heads": config["num_attention_heads"]}
    (arguments.out / "config.json").write_text(json.dumps(unshared, indent=2) + "\n")
    for name in ("generation_config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(arguments.model / name, arguments.out / name)


if __name__ == "__main__":
    main()
