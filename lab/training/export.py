"""Writes a trained model in the Hugging Face layout, float16, as the page and transformers load it."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from model import Architecture, Llama

SPECIAL = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
THINKING = ["<think>", "</think>"]


def read_model(folder: Path) -> Llama:
    """A model in float32 from a folder that export_model wrote."""
    config = json.loads((folder / "config.json").read_text())
    arch = Architecture(
        vocabulary=config["vocab_size"], hidden=config["hidden_size"], layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"], kv_heads=config["num_key_value_heads"], head_size=config["head_dim"],
        mlp=config["intermediate_size"], positions=config["max_position_embeddings"],
        rope_theta=config["rope_theta"], norm_epsilon=config["rms_norm_eps"],
    )
    model = Llama(arch)
    tensors = load_file(folder / "model.safetensors")
    model.load_state_dict({name.removeprefix("model."): tensor.float() for name, tensor in tensors.items()})
    return model


def export_model(model: Llama, words: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    arch = model.arch
    tensors = {f"model.{name}": tensor.half().contiguous().cpu() for name, tensor in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    write(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": arch.vocabulary,
        "hidden_size": arch.hidden,
        "intermediate_size": arch.mlp,
        "num_hidden_layers": arch.layers,
        "num_attention_heads": arch.heads,
        "num_key_value_heads": arch.kv_heads,
        "head_dim": arch.head_size,
        "hidden_act": "silu",
        "max_position_embeddings": arch.positions,
        "rms_norm_eps": arch.norm_epsilon,
        "rope_theta": arch.rope_theta,
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "attention_dropout": 0.0,
        "tie_word_embeddings": True,
        "initializer_range": 0.02,
        "use_cache": True,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "torch_dtype": "float16",
    })
    write(folder / "generation_config.json", {
        "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "do_sample": False, "max_new_tokens": 768,
    })
    write(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **SPECIAL,
        "additional_special_tokens": [word for word in THINKING if word in words],
        "add_bos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": arch.positions,
    })
    write(folder / "tokenizer.json", tokenizer_file(words))


def tokenizer_file(words: list[str]) -> dict:
    """Text is split at white space; a word is a token."""
    added = [
        dict(id=words.index(word), content=word, single_word=False, lstrip=False, rstrip=False, normalized=False)
        | dict(special=True)
        for word in (*SPECIAL.values(), *THINKING)
        if word in words
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": sorted(added, key=lambda each: each["id"]),
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: token for token, word in enumerate(words)}, "unk_token": "<unk>"},
    }


def write(file: Path, content: dict) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n")


def to_dtype_of_file(model: Llama) -> Llama:
    """The same model with the weights that the file holds, in float32."""
    rounded = Llama(model.arch)
    rounded.load_state_dict({name: tensor.half().float().cpu() for name, tensor in model.state_dict().items()})
    return rounded
