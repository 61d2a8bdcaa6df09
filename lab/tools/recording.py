"""The decoding loop: forward, record, evict, and on. An example of the contract in lab/tools/README.md."""

import time
from dataclasses import replace

import torch

from evicting_cache import EvictingCache, Recipe
from model_facts import TextStream, model_of
from winnow_run import Backend, Prompt, RunFileError, RunFileWriter, Step

CANDIDATES = 8
PREFILL_CHUNK = 512


@torch.no_grad()
def record(model, tokenizer, prompt: Prompt, recipe: Recipe, *, progress=lambda text: None) -> RunFileWriter:
    """Greedy decoding to a stop token or the limit. `model` must use eager attention, which returns its rows."""
    check_model(model, recipe)
    device = model.device
    stops = _stop_tokens(model)
    state = EvictingCache(model, recipe)
    writer = RunFileWriter(
        model_of(model), recipe.to_policy(), prompt,
        backend=_backend(model),
        max_new_tokens=recipe.max_new_tokens,
    )
    stream = TextStream(tokenizer)
    fed = torch.tensor([prompt.tokens], device=device)
    position = 0
    for number in range(recipe.max_new_tokens):
        started = time.perf_counter()
        logits = _forward(model, state, fed, position)
        position += fed.shape[1]
        log_probabilities = logits.double().log_softmax(dim=0)
        _wait(device)
        computed = time.perf_counter()
        best = log_probabilities.sort(descending=True, stable=True)
        tokens = best.indices[:CANDIDATES].tolist()
        candidates = [stream.peek(token) for token in tokens]
        text = stream.next(tokens[0])
        attention = state.newest_attention().cpu().numpy() if recipe.has_attention else None
        entropy = -(log_probabilities.exp() * log_probabilities).nan_to_num().sum()
        read = time.perf_counter()
        is_event = number % recipe.interval == 0 and state.length > recipe.budget
        # Every turn counts as an event, even if there was nothing to evict.
        event = replace(state.evict(), event=number // recipe.interval) if is_event else None
        _wait(device)
        step = Step(
            token=tokens[0], text=text, log_probability=float(best.values[0]), entropy=float(entropy),
            candidates=list(zip(tokens, candidates, best.values[:CANDIDATES].tolist())), attention=attention,
            compute_ms=1000 * (computed - started), read_back_ms=1000 * (read - computed),
            event_ms=1000 * (time.perf_counter() - read) if is_event else 0,
        )
        writer.add_step(step, event)
        progress(text)
        if tokens[0] in stops:
            writer.finish("stopToken")
            return writer
        fed = torch.tensor([[tokens[0]]], device=device)
    writer.finish("length")
    return writer


def check_model(model, recipe: Recipe) -> None:
    kinds = set(getattr(model.config, "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"}:
        raise RunFileError(f"the model has layers of {', '.join(sorted(kinds))}, expected full attention everywhere")
    if model.config._attn_implementation != "eager":
        raise RunFileError("the model does not hand out attention; load it with attn_implementation='eager'")
    if not 0 < recipe.window < recipe.budget or recipe.interval < 1:
        raise RunFileError(f"a window of {recipe.window} and a budget of {recipe.budget}, expected 0 < window < budget")


def _forward(model, state: EvictingCache, fed: torch.Tensor, position: int) -> torch.Tensor:
    """Logits of the last token fed. Only the window's queries return their attention: all rows of a prompt would fill memory."""
    quiet = max(0, fed.shape[1] - state.recipe.window)
    bounds = [*range(0, quiet, PREFILL_CHUNK), quiet, fed.shape[1]]
    out = None
    for start, end in zip(bounds, bounds[1:]):
        # Positions are those of the text, whatever was evicted.
        places = torch.arange(position + start, position + end, device=fed.device)[None]
        out = model(
            fed[:, start:end], position_ids=places, past_key_values=state.cache, use_cache=True,
            output_attentions=start == quiet, logits_to_keep=1,
        )
    state.observe(out.attentions)
    return out.logits[0, -1]


def _stop_tokens(model) -> set[int]:
    stops = model.generation_config.eos_token_id
    return set() if stops is None else {stops} if isinstance(stops, int) else set(stops)


def _backend(model) -> Backend:
    device, weights = model.device, str(model.dtype).removeprefix("torch.")
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
    return Backend(
        adapter=f"PyTorch {torch.__version__}, {name}, {weights}",
        type="cpu" if device.type == "cpu" else "gpu",
        weight_type="f32" if weights == "float32" else "f16",
    )


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
