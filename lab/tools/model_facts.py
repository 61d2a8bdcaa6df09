"""What a run file says about a model and its tokens, read from transformers' own objects."""

import hashlib
from pathlib import Path

import transformers
from huggingface_hub import snapshot_download

from winnow_run import Model, Prompt, RunFileError


def load(name: str, device: str, dtype: str):
    """A folder, or a name on the Hugging Face hub. Eager attention is slower, but the only kind that returns its rows."""
    model = transformers.AutoModelForCausalLM.from_pretrained(name, dtype=dtype, attn_implementation="eager")
    return model.to(device).eval(), _tokenizer(name)


def model_of(model) -> Model:
    config = model.config
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    name = model.name_or_path or "unnamed"
    return Model(
        id=Path(name).name,
        # A folder's path does not identify the model, and is private.
        label=Path(name).name if Path(name).is_dir() else name,
        architecture=config.model_type,
        layer_count=config.num_hidden_layers,
        head_count=config.num_attention_heads,
        kv_head_count=getattr(config, "num_key_value_heads", None) or config.num_attention_heads,
        head_dim=head_dim,
        vocabulary_size=config.vocab_size,
        parameter_count=sum(parameter.numel() for parameter in model.parameters()),
        max_positions=config.max_position_embeddings,
        digest=weights_digest(model.name_or_path),
        weight_bytes=sum(parameter.numel() * parameter.element_size() for parameter in model.parameters()),
        kv_value_bytes=model.dtype.itemsize,
    )


def weights_digest(name: str) -> str:
    """SHA-256 as the page computes it; empty if the weights are not in local files."""
    files = sorted(_folder(name).glob("model*.safetensors")) if name else []
    digests = []
    for file in files:
        with file.open("rb") as content:
            digests.append(hashlib.file_digest(content, "sha256").hexdigest())
    if len(digests) < 2:
        return "".join(digests)
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def prompt_of(tokenizer, text: str, expected_answer: str | None) -> Prompt:
    if tokenizer is None:
        raise RunFileError("the model has no tokenizer; give its tokens as numbers: --prompt-tokens 1,5,7")
    tokens = tokenizer(text)["input_ids"]
    return Prompt(text, tokens, token_texts(tokenizer, tokens), expected_answer)


def prompt_of_tokens(tokenizer, tokens: list[int], expected_answer: str | None) -> Prompt:
    texts = token_texts(tokenizer, tokens)
    return Prompt("".join(texts), tokens, texts, expected_answer)


def token_texts(tokenizer, tokens: list[int]) -> list[str]:
    """The text of each token, leading blanks included; without a tokenizer, its number."""
    if tokenizer is None:
        return [f"⟨{token}⟩" for token in tokens]
    # After another token, so that a decoder that strips the beginning of a text leaves this token whole.
    anchor = tokenizer.convert_tokens_to_ids(tokenizer.tokenize("a"))[:1]
    before = _decode(tokenizer, anchor)
    pairs = [_decode(tokenizer, [*anchor, token]) for token in tokens]
    return [pair.removeprefix(before) if pair.startswith(before) else pair for pair in pairs]


def _decode(tokenizer, tokens: list[int]) -> str:
    return tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)


def _tokenizer(name: str):
    try:
        return transformers.AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError):
        file = _folder(name) / "tokenizer.json"
        return transformers.PreTrainedTokenizerFast(tokenizer_file=str(file)) if file.exists() else None


def _folder(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception:  # a model that was never on the hub, for which the library has no single error
        return Path("nowhere")
