"""The cache of a training pass is that of a decode: by a plain loop written here, and by runs of the product."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from checkKept import differing_sets
from data import ROOT
from visibility import EvictionRule, evicted_states, prompted
from export import read_model
from model import Architecture, Llama, rotate

SMALL = Architecture(vocabulary=40, hidden=36, heads=6, kv_heads=2, head_size=8, mlp=48, positions=256)
RULE = EvictionRule(budget=20, window=4, interval=6)
KEPT_SETS = Path(__file__).parent / "keptSets.jsonl.gz"


def small_model(seed: int = 1) -> Llama:
    torch.manual_seed(seed)
    return Llama(SMALL)


def draw_text(length: int, seed: int) -> list[int]:
    return torch.randint(1, 40, (length,), generator=torch.Generator().manual_seed(seed)).tolist()


def kept_of(columns: torch.Tensor, padding: int) -> list[int]:
    return (columns[columns >= 0] - padding).tolist()


def decode(model: Llama, text: list[int], prompt_count: int, rule: EvictionRule) -> tuple[torch.Tensor, list[dict]]:
    """Final states of a decode, and what each (layer, KV head) kept at each event: docs/methods.md, slot by slot."""
    arch = model.arch
    group = arch.heads // arch.kv_heads
    heads = [(layer, head) for layer in range(arch.layers) for head in range(arch.kv_heads)]
    cache = {head: [] for head in heads}  # (position, key, value)
    history = {head: {} for head in heads}
    queries = {head: [] for head in heads}  # of the newest tokens, rotated: [member][headDim]
    states, events = [], []
    steps = [range(prompt_count), *(range(at, at + 1) for at in range(prompt_count, len(text)))]
    for step, positions in enumerate(steps):
        rope = (model.cosine[positions.start : positions.stop], model.sine[positions.start : positions.stop])
        x = model.embed_tokens(torch.tensor([text[positions.start : positions.stop]]))
        for index, layer in enumerate(model.layers):
            attention = layer.self_attn
            normed = layer.input_layernorm(x)
            shape = (1, len(positions), -1, arch.head_size)
            q = rotate(attention.q_proj(normed).view(shape).transpose(1, 2), rope)[0]
            k = rotate(attention.k_proj(normed).view(shape).transpose(1, 2), rope)[0]
            v = attention.v_proj(normed).view(shape).transpose(1, 2)[0]
            mixed = torch.zeros(len(positions), arch.heads, arch.head_size)
            for kv_head in range(arch.kv_heads):
                held = cache[index, kv_head]
                held += [(at, k[kv_head, row], v[kv_head, row]) for row, at in enumerate(positions)]
                keys, values = torch.stack([key for _, key, _ in held]), torch.stack([value for _, _, value in held])
                ahead = torch.tensor([[place > at for place, _, _ in held] for at in positions])
                for member in range(kv_head * group, (kv_head + 1) * group):
                    scores = q[member] @ keys.T * arch.head_size**-0.5
                    mixed[:, member] = scores.masked_fill(ahead, float("-inf")).softmax(dim=-1) @ values
                members = q[kv_head * group : (kv_head + 1) * group]
                queries[index, kv_head] = [*queries[index, kv_head], *members.unbind(dim=1)][-rule.window :]
            x = x + attention.o_proj(mixed.reshape(1, len(positions), -1))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        states.append(model.norm(x)[0])
        if step % rule.interval == 0:
            events.append({head: evict(cache, history, queries, head, rule) for head in heads})
    return torch.cat(states), events


def evict(cache: dict, history: dict, queries: dict, head: tuple[int, int], rule: EvictionRule) -> list[int]:
    held = cache[head]
    count, window = len(held), rule.window
    if count > rule.budget:
        keys = torch.stack([key for _, key, _ in held])
        rows = []
        for row, members in enumerate(queries[head]):
            scores = members @ keys.T * keys.shape[1] ** -0.5
            scores[:, count - window + row + 1 :] = float("-inf")
            rows.append(scores.softmax(dim=-1).amax(dim=0)[: count - window])
        local = torch.stack(rows).mean(dim=0)
        local = local / local.max()
        past = torch.tensor([history[head].get(position, 0.0) for position, _, _ in held[: count - window]])
        joined = torch.maximum(rule.decay * past, local)
        unit = keys / (keys.norm(dim=1, keepdim=True) + 1e-6)
        cosines = unit @ unit.T
        cosines.fill_diagonal_(0)
        for column in range(count):
            matches = [row for row in range(count) if cosines[row, column] > 0.5]
            if matches:
                cosines[max(matches), column] = 0
        redundancy = cosines.mean(dim=1).softmax(dim=0)[: count - window]
        total = rule.mix * joined - (1 - rule.mix) * redundancy / redundancy.max()
        best = sorted(range(count - window), key=lambda slot: -total[slot].item())[: rule.budget - window]
        kept = [*sorted(best), *range(count - window, count)]
        history[head] = {held[slot][0]: joined[slot].item() for slot in best}
        cache[head] = held = [held[slot] for slot in kept]
    return [position for position, _, _ in held]


@torch.no_grad()
@pytest.mark.parametrize("prompt_count", [30, 15])  # more than the budget, and less
def test_a_pass_is_a_decode_slot_by_slot(prompt_count):
    model = small_model()
    text = draw_text(57, 2)
    states, events = decode(model, text, prompt_count, RULE)
    batch = prompted([text], [prompt_count])
    found, kept = evicted_states(model, batch, RULE)
    for event, expected in enumerate(events):
        for (layer, kv_head), positions in expected.items():
            if event < len(kept[layer]):
                assert kept_of(kept[layer][event][0, kv_head], 0) == positions, (event, layer, kv_head)
    assert sum(len(held) == RULE.budget for event in events for held in event.values()) > 20
    torch.testing.assert_close(found[0], states, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_texts_beside_others_are_read_as_alone():
    model = small_model()
    texts, counts = [draw_text(57, 2), draw_text(40, 3), draw_text(49, 4)], [30, 15, 22]
    batch = prompted(texts, counts, multiple=8)
    together, kept_together = evicted_states(model, batch, RULE)
    for row, (text, count) in enumerate(zip(texts, counts)):
        alone, kept_alone = evicted_states(model, prompted([text], [count]), RULE)
        padding = int(batch.paddings[row])
        torch.testing.assert_close(together[row, padding : padding + len(text)], alone[0], atol=1e-5, rtol=1e-4)
        for layer, events in enumerate(kept_alone):
            for event, heads in enumerate(events):
                for kv_head in range(SMALL.kv_heads):
                    found = kept_together[layer][event][row, kv_head]
                    assert kept_of(found, padding) == kept_of(heads[0, kv_head], 0)


@torch.no_grad()
def test_a_budget_for_everything_and_no_rule_are_the_full_cache():
    model = small_model()
    text = draw_text(50, 5)
    batch = prompted([text], [20])
    expected = model.states(torch.tensor([text]))[0]
    for rule in (None, replace(RULE, budget=60), replace(RULE, budget=60, mask="lagging")):
        torch.testing.assert_close(evicted_states(model, batch, rule)[0], expected, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_a_lagging_mask_shows_an_interval_too_much_and_one_choice_for_all_layers():
    model = small_model()
    text = draw_text(57, 2)
    batch = prompted([text], [30])
    true, kept = evicted_states(model, batch, RULE)
    lagging, given = evicted_states(model, batch, replace(RULE, mask="lagging"))
    assert all(torch.equal(found, last) for layer in given for found, last in zip(layer, kept[-1]))
    # Until the second event nothing is missing yet.
    full = model.states(torch.tensor([text]))[0]
    torch.testing.assert_close(lagging[0, : 30 + RULE.interval], full[0, : 30 + RULE.interval], atol=1e-5, rtol=1e-4)
    assert not torch.allclose(true[0, 30:], full[0, 30:], atol=1e-3)
    assert not torch.allclose(lagging[0, 45:], full[0, 45:], atol=1e-3)


def test_gradients_reach_all_weights_and_the_choice_has_none():
    model = small_model()
    states, _ = evicted_states(model, prompted([draw_text(57, 2)], [30]), RULE)
    model.logits(states[:, 30:]).square().mean().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in model.parameters())


def test_runs_of_the_product_kept_the_same():
    runs = [json.loads(line) for line in gzip.decompress(KEPT_SETS.read_bytes()).decode().splitlines()]
    model = read_model(ROOT / "public" / "models" / "winnow-1m")
    differing, compared = differing_sets(model, runs)
    assert compared > 200 and differing == 0


def test_rules_without_sense_are_refused():
    with pytest.raises(ValueError, match="no mask is called"):
        EvictionRule(budget=40, mask="late")
    with pytest.raises(ValueError, match="none beside a window"):
        EvictionRule(budget=16)
