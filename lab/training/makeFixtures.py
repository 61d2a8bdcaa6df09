"""Makes the tiny checkpoints of fixtures/checkpoints/, one per architecture, with reference numbers from transformers.

Each folder is a model in Hugging Face layout (random seeded weights, so that no training data is involved) plus
reference.json: the logits of a 40-token text, by prefill and step by step through a KV cache, and the 64 tokens that
greedy decoding continues it with. Everything is computed in float32 from the weights as stored, so a file in half
precision has one right answer.

    python lab/training/makeFixtures.py [FOLDER [NAME ...]]     (some seconds; the same bytes on every run)
"""

import base64
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

TEXT_TOKENS = 40
GREEDY_TOKENS = 64
# Smallest gap between the two highest logits on the greedy path, relative to the highest magnitude. Backends may be off by 1e-4.
LEAST_MARGIN = 2e-3

WORDS = (
    "the cat sat on a mat and looked at red door while rain fell over old town some one walked home with two small "
    "bags of bread an apple three green books it was late so lights were low nobody spoke but clock in hall kept time "
    "as always when morning came sun rose behind hill first birds sang street below grew loud again people went to work"
).split()
QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass
class Fixture:
    name: str
    config: type
    model: type
    dtype: torch.dtype
    options: dict
    is_byte_pair: bool
    # Write rope_theta and rope_scaling as transformers 4 did, instead of rope_parameters.
    is_old_config: bool = False
    max_shard_size: str = "10GB"
    # Standard deviation of the weight matrices: large enough for varied attention and greedy text.
    spread: float = 0.25
    # Different tokens of a continuation at which the search for a better seed ends.
    variety: int = 24


FIXTURES = [
    Fixture(
        "llama-grouped", transformers.LlamaConfig, transformers.LlamaForCausalLM, torch.float16, is_byte_pair=False,
        options=dict(
            hidden_size=48, intermediate_size=104, num_hidden_layers=3, num_attention_heads=6, num_key_value_heads=2,
            head_dim=8, rms_norm_eps=1e-5, tie_word_embeddings=False, max_position_embeddings=512,
            rope_parameters=dict(
                rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=32,
            ),
        ),
    ),
    Fixture(
        "llama-tied", transformers.LlamaConfig, transformers.LlamaForCausalLM, torch.float32, is_byte_pair=False,
        is_old_config=True,
        options=dict(
            hidden_size=40, intermediate_size=72, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
            head_dim=12, rms_norm_eps=1e-6, tie_word_embeddings=True, max_position_embeddings=256,
            rope_parameters=dict(rope_type="linear", rope_theta=5000.0, factor=2.5),
        ),
    ),
    Fixture(
        "qwen2", transformers.Qwen2Config, transformers.Qwen2ForCausalLM, torch.bfloat16, is_byte_pair=True,
        options=dict(
            hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
            rms_norm_eps=1e-6, tie_word_embeddings=True, max_position_embeddings=512, use_sliding_window=False,
            rope_parameters=dict(rope_type="default", rope_theta=1000000.0),
        ),
    ),
    Fixture(
        "qwen3-sharded", transformers.Qwen3Config, transformers.Qwen3ForCausalLM, torch.bfloat16, is_byte_pair=True,
        max_shard_size="60KB",
        options=dict(
            hidden_size=48, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
            head_dim=24, rms_norm_eps=1e-6, tie_word_embeddings=False, max_position_embeddings=512,
            attention_bias=False, use_sliding_window=False,
            rope_parameters=dict(rope_type="default", rope_theta=1000000.0),
        ),
    ),
    Fixture(
        "smollm3", transformers.SmolLM3Config, transformers.SmolLM3ForCausalLM, torch.bfloat16, is_byte_pair=True,
        options=dict(
            hidden_size=48, intermediate_size=96, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2,
            rms_norm_eps=1e-6, tie_word_embeddings=True, max_position_embeddings=512, no_rope_layers=[1, 0, 1, 0],
            rope_parameters=dict(rope_type="default", rope_theta=2000000.0),
        ),
    ),
    Fixture(
        # The window is shorter than the text, and the scale of scores is not that of the head size.
        "gemma3", transformers.Gemma3TextConfig, transformers.Gemma3ForCausalLM, torch.bfloat16, is_byte_pair=True,
        variety=16,
        options=dict(
            hidden_size=48, intermediate_size=96, num_hidden_layers=5, num_attention_heads=4, num_key_value_heads=2,
            head_dim=16, rms_norm_eps=1e-6, tie_word_embeddings=True, max_position_embeddings=512,
            sliding_window=12, query_pre_attn_scalar=24,
            layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention"],
            rope_parameters=dict(
                sliding_attention=dict(rope_type="default", rope_theta=10000.0),
                full_attention=dict(rope_type="linear", rope_theta=1000000.0, factor=4.0),
            ),
        ),
    ),
]


def word_tokenizer() -> Tokenizer:
    vocabulary = ["<pad>", "<bos>", "<eos>", "<unk>", *dict.fromkeys(WORDS)]
    tokenizer = Tokenizer(models.WordLevel({word: token for token, word in enumerate(vocabulary)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(["<pad>", "<bos>", "<eos>", "<unk>"])
    return tokenizer


def byte_pair_tokenizer() -> Tokenizer:
    """Byte-level BPE as in Qwen and Llama 3, its alphabet cut to the letters that occur."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN_SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=112, special_tokens=["<pad>", "<bos>", "<eos>"], show_progress=False)
    tokenizer.train_from_iterator([" ".join(WORDS), "Rain, rain. It's 10 to 7."], trainer)
    return tokenizer


def build(fixture: Fixture, vocabulary: int, seed: int) -> torch.nn.Module:
    """A model with seeded noise in every tensor, biases and norms included, so that leaving one out is noticed."""
    config = fixture.config(
        vocab_size=vocabulary, bos_token_id=1, eos_token_id=2, pad_token_id=0, **fixture.options
    )
    model = fixture.model(config)
    random = np.random.default_rng(seed)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.from_numpy(random.standard_normal(tuple(tensor.shape)).astype(np.float32))
            tensor.copy_(1 + 0.2 * noise if name.endswith("norm.weight") else fixture.spread * noise)
    return model.to(fixture.dtype)


@torch.no_grad()
def reference(model: torch.nn.Module, tokens: list[int]) -> dict | None:
    """Reference numbers of a float32 model, or None if greedy decoding meets a near tie or an end token."""
    text = torch.tensor([tokens])
    prefill = model(text).logits[0]
    steps, cache = [], None
    for position in range(len(tokens)):
        output = model(text[:, position : position + 1], past_key_values=cache, use_cache=True)
        cache = output.past_key_values
        steps.append(output.logits[0, 0])
    greedy, margin, logits = [], np.inf, prefill[-1]
    for _ in range(GREEDY_TOKENS):
        best, second = torch.topk(logits, 2).values.tolist()
        margin = min(margin, (best - second) / logits.abs().max().item())
        greedy.append(int(logits.argmax()))
        if margin < LEAST_MARGIN or greedy[-1] == 2:
            return None
        output = model(torch.tensor([greedy[-1:]]), past_key_values=cache, use_cache=True)
        cache, logits = output.past_key_values, output.logits[0, 0]
    stepwise = torch.stack(steps)
    difference = ((stepwise - prefill).abs().max() / prefill.abs().max()).item()
    assert difference < 1e-5, difference
    return dict(
        greedyTokens=greedy,
        leastMargin=round(margin, 5),
        prefillLogits=encode(prefill),
        stepLogits=encode(stepwise),
    )


def encode(values: torch.Tensor) -> str:
    return base64.b64encode(values.to(torch.float32).numpy().astype("<f4").tobytes()).decode()


def save(fixture: Fixture, model: torch.nn.Module, tokenizer: Tokenizer, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, max_shard_size=fixture.max_shard_size)
    tokenizer.save(str(folder / "tokenizer.json"))
    if fixture.is_old_config:
        path = folder / "config.json"
        config = json.loads(path.read_text())
        rope = config.pop("rope_parameters")
        config["rope_theta"] = rope.pop("rope_theta")
        config["rope_scaling"] = {"type": rope.pop("rope_type"), **rope}
        config["torch_dtype"] = config.pop("dtype")
        path.write_text(json.dumps(config, indent=2) + "\n")


def text_of(tokenizer: Tokenizer) -> tuple[str, list[int]]:
    """The beginning of the word list that makes exactly 40 tokens."""
    text = "<bos> " + " ".join(WORDS * 2)
    tokens = tokenizer.encode(text).ids[:TEXT_TOKENS]
    text = tokenizer.decode(tokens, skip_special_tokens=False)
    assert tokenizer.encode(text).ids == tokens, "the text of the tokens has other tokens"
    return text, tokens


def make(fixture: Fixture, root: Path) -> None:
    tokenizer = byte_pair_tokenizer() if fixture.is_byte_pair else word_tokenizer()
    text, tokens = text_of(tokenizer)
    folder = root / fixture.name
    best = None
    for seed in range(400):
        model = build(fixture, tokenizer.get_vocab_size(), seed)
        found = reference(model.to(torch.float32), tokens)
        if found is None:
            continue
        # Of the first seeds that qualify, the one whose continuation has the most different tokens: it tests more.
        variety = len(set(found["greedyTokens"]))
        if best is not None and variety <= best[0]:
            continue
        # The model above was rounded with its frequencies of RoPE, which one read from its file has exact.
        save(fixture, build(fixture, tokenizer.get_vocab_size(), seed), tokenizer, folder)
        stored = fixture.model.from_pretrained(folder, dtype=torch.float32)
        if reference(stored, tokens) is not None:
            best = (variety, seed)
        if best is not None and best[0] >= fixture.variety:
            break
    assert best is not None, fixture.name
    variety, seed = best
    save(fixture, build(fixture, tokenizer.get_vocab_size(), seed), tokenizer, folder)
    stored = fixture.model.from_pretrained(folder, dtype=torch.float32)
    numbers = reference(stored, tokens)
    assert numbers is not None
    record = dict(
        note=f"Made by lab/training/makeFixtures.py with transformers {transformers.__version__}, float32 on the CPU; logits are base64 of little-endian float32, [position][token].",
        seed=seed, vocabularySize=tokenizer.get_vocab_size(), text=text, tokens=tokens, **numbers,
    )
    (folder / "reference.json").write_text(json.dumps(record, indent=1) + "\n")
    for path in folder.iterdir():
        path.chmod(0o644)
    size = sum(path.stat().st_size for path in folder.iterdir())
    parameters = sum(tensor.numel() for tensor in stored.parameters())
    print(f"{fixture.name}: seed {seed}, {variety} different tokens, margin {numbers['leastMargin']}, "
          f"{parameters} parameters, {size} bytes")
    assert size <= 320_000


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "fixtures" / "checkpoints"
    for each in FIXTURES:
        if len(sys.argv) < 3 or each.name in sys.argv[2:]:
            make(each, target)
