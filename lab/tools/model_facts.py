"""What a run file says about a model and its tokens, read from transformers' own objects."""

import hashlib
import re
from pathlib import Path

import transformers
from huggingface_hub import snapshot_download

from winnow_run import Model, Prompt, RunFileError


def load(name: str, device: str, dtype: str):
    """
    A folder, a GGUF file or a folder with one, a name on the Hugging Face hub, or there OWNER/NAME/FILE.gguf. Eager attention is
    slower, but the only kind that returns its rows. The weights of a GGUF file are dequantised.
    """
    place, gguf = _place(name)
    extra = {} if gguf is None else {"gguf_file": gguf}
    model = transformers.AutoModelForCausalLM.from_pretrained(place, dtype=dtype, attn_implementation="eager", **extra)
    # What the page calls it; transformers knows the folder alone.
    model.name_or_path = name if gguf is None or not Path(place).is_dir() else str(Path(place) / gguf)
    return model.to(device).eval(), _tokenizer(place) if gguf is None else _gguf_tokenizer(place, gguf)


def _place(name: str) -> tuple[str, str | None]:
    """A folder or a name on the hub, and the GGUF file in it; none of a model in Hugging Face layout."""
    path = Path(name)
    if path.is_dir() and not (path / "config.json").exists():
        files = sorted(path.glob("*.gguf"))
        if len(files) > 1:
            raise RunFileError(f"{name}: has {len(files)} GGUF files, expected one; name the file")
        path = files[0] if files else path
    if path.suffix != ".gguf":
        return name, None
    if _is_part(path.name):
        raise RunFileError(f"{path.name}: is a part of a split model, which transformers does not read; join its parts first")
    if path.exists():
        return str(path.parent), path.name
    parts = name.split("/")
    if len(parts) < 3:
        raise RunFileError(f"{name}: there is no such file; on the hub it is OWNER/NAME/{path.name}")
    return "/".join(parts[:2]), "/".join(parts[2:])


def _is_part(file: str) -> bool:
    return re.search(r"-\d{5}-of-\d{5}\.gguf$", file) is not None


def model_of(model) -> Model:
    config = model.config
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    name = model.name_or_path or "unnamed"
    return Model(
        id=Path(name).name.removesuffix(".gguf"),
        # A path on this machine does not identify the model, and is private.
        label=Path(name).name.removesuffix(".gguf") if Path(name).exists() else name,
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
    files = [Path(name)] if name.endswith(".gguf") and Path(name).is_file() else []
    files = files or (sorted(_folder(name).glob("model*.safetensors")) if name else [])
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


def added_tokens(tokenizer) -> list[str]:
    """What the tokenizer adds to every prompt, as texts."""
    ids = [] if tokenizer is None else tokenizer("")["input_ids"]
    return [] if tokenizer is None else tokenizer.convert_ids_to_tokens(ids)


def token_texts(tokenizer, tokens: list[int]) -> list[str]:
    """Texts that joined give the text of the sequence."""
    texts = TextStream(tokenizer)
    return [texts.next(token) for token in tokens]


class TextStream:
    """Texts of tokens one after the other. A character that spans several tokens is the text of the last of them."""

    _MOST_BYTES = 4  # of a character in UTF-8

    def __init__(self, tokenizer) -> None:
        self._tokenizer = tokenizer
        self._held: list[int] = []
        # After another token, so that a decoder that strips the beginning of a text leaves the others whole.
        self._anchor = [] if tokenizer is None else tokenizer.convert_tokens_to_ids(tokenizer.tokenize("a"))[:1]

    def next(self, token: int) -> str:
        """The characters that this token completes: none while one is incomplete. Without a tokenizer its number."""
        if self._tokenizer is None:
            return f"⟨{token}⟩"
        self._held.append(token)
        text = self._text(self._held)
        if text.endswith("\ufffd") and len(self._held) < self._MOST_BYTES:
            return ""
        self._held = []
        return text

    def peek(self, token: int) -> str:
        """The same for a token that might come next; its own text where it completes no character."""
        if self._tokenizer is None:
            return f"⟨{token}⟩"
        text = self._text([*self._held, token])
        return self._tokenizer.convert_ids_to_tokens(token) if text.endswith("\ufffd") else text

    def _text(self, tokens: list[int]) -> str:
        before = _decode(self._tokenizer, self._anchor)
        text = _decode(self._tokenizer, [*self._anchor, *tokens])
        return text.removeprefix(before) if text.startswith(before) else _decode(self._tokenizer, tokens)


def _decode(tokenizer, tokens: list[int]) -> str:
    return tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)


def _tokenizer(name: str):
    """As tokenizer.json says, special tokens included, which is how the page reads it; another file only where there is none."""
    file = _folder(name) / "tokenizer.json"
    if file.exists():
        return transformers.PreTrainedTokenizerFast(tokenizer_file=str(file))
    try:
        return transformers.AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, KeyError):
        return None


def _gguf_tokenizer(place: str, gguf: str):
    """The one in the file, or tokenizer.json beside it."""
    if (Path(place) / "tokenizer.json").exists():
        return _tokenizer(place)
    try:
        return transformers.AutoTokenizer.from_pretrained(place, gguf_file=gguf)
    except (OSError, ValueError, KeyError):
        return None


def _folder(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception:  # a model that was never on the hub, for which the library has no single error
        return Path("nowhere")
