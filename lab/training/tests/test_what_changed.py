"""Words read again over a cache that stands: by the pass itself, and by passes over sets from which the slots were taken."""

import pytest
import torch

from hints import Fact, Read
from rereading import before_spans, other_slots, read_again, tape, without
from visibility import evicted_states, prompted
from test_visibility import RULE, SMALL, draw_text, small_model
from whatChanged import Text, estimate, looks_of

TEXTS, COUNTS = [draw_text(57, 2), draw_text(44, 3)], [30, 22]
EVERY = torch.ones(1, SMALL.layers, SMALL.kv_heads, dtype=torch.bool)


@pytest.mark.parametrize("rule", [RULE, None])
@pytest.mark.parametrize("rows", [1, 4])
def test_with_nothing_withheld_a_row_is_that_of_the_pass(rule, rows):
    model, batch = small_model(), prompted(TEXTS, COUNTS)
    taped = tape(model, batch, rule)
    for text in range(2):
        last = torch.tensor([[31], [40], [48]])
        spans = last + torch.arange(1 - rows, 1)
        logits, attention = read_again(model, taped, text, spans, before_spans(taped, text, spans))
        torch.testing.assert_close(logits, model.logits(taped.states[text, last[:, 0]]), atol=1e-5, rtol=1e-4)
        assert attention.sum(dim=-1).max() < 1  # the row sees itself, too


@torch.no_grad()
def test_what_is_withheld_from_a_segment_might_as_well_have_been_evicted():
    model, batch = small_model(), prompted(TEXTS, COUNTS)
    taped = tape(model, batch, RULE)
    start, row, layer, kv_head = 42, 46, 1, 1  # the third segment: P = 30, events every 6
    event = (start - batch.prompt_columns) // RULE.interval
    gone = taped.kept[layer][event][0, kv_head][:9]
    fewer = [[held.clone() for held in of_layer] for of_layer in taped.kept]
    fewer[layer][event][0, kv_head][:9] = -1
    states, _ = evicted_states(model, batch, RULE, fewer)
    spans = torch.arange(start, row + 1)[None]
    seen = before_spans(taped, 0, spans)
    slots = torch.zeros(seen.shape[-1], dtype=torch.bool)
    slots[gone] = True
    head = torch.zeros_like(EVERY)
    head[0, layer, kv_head] = True
    left = without(seen, slots.expand(seen.shape), head)
    logits, _ = read_again(model, taped, 0, spans, left)
    torch.testing.assert_close(logits[0], model.logits(states[0, row]), atol=1e-5, rtol=1e-4)
    assert (seen & ~left).any(dim=-1).sum() == len(spans[0])  # of this head alone, in every row
    assert not torch.allclose(logits[0], model.logits(taped.states[0, row]), atol=1e-3)


def test_a_control_takes_as_many_others_from_each_head_and_the_same_from_every_row():
    model, batch = small_model(), prompted(TEXTS, COUNTS)
    taped = tape(model, batch, RULE)
    spans = torch.tensor([[43, 44, 45]])
    seen = before_spans(taped, 0, spans)
    columns = torch.arange(seen.shape[-1])
    fact, old = (columns >= 4) & (columns < 12), columns < 38
    others = other_slots(seen, fact.expand(seen.shape), old, torch.Generator().manual_seed(1))
    assert not (others & (fact | ~old | ~seen)).any()
    assert torch.equal(others.sum(dim=-1), (seen & fact).sum(dim=-1))
    assert others.any()
    assert torch.equal(others[..., 0, :], others[..., 2, :])


def test_words_are_looked_at_once_an_event_has_decided_about_their_fact():
    model, batch = small_model(), prompted(TEXTS, COUNTS)
    taped = tape(model, batch, RULE)
    # The second text is padded by 8; its events fall after positions 22, 28, 34, 40: all but the window of 4 is decided about.
    facts = {14: Fact({"header": 12, "verb": 13}, 14), 23: Fact({"header": 23}, 23)}
    reads = [Read(22, "verb", 14, 13, 21), Read(27, "header", 23, 23, 26), Read(30, "header", 23, 23, 29)]
    reads += [Read(35, "verb", 14, 13, 34)]
    sentences = [range(0, 15), range(15, 24), range(24, 36), range(36, 44)]
    looks = looks_of(1, Text(TEXTS[1], 22, sentences, facts, reads), taped)
    # The word at 22 is predicted by the prompt's last, before any event.
    assert [(look.read.position, look.age, look.is_of_prompt) for look in looks] == [(30, 7, False), (35, 21, True)]
    assert looks[1].slots == range(20, 23) and looks[1].row == 42
    assert looks[1].mentions == [range(23, 32)]


def test_the_error_of_a_share_is_that_of_its_texts():
    text = torch.tensor([0, 0, 0, 1, 1, 2])
    right = torch.tensor([1, 1, 1, 0, 0, 1]).bool()
    count, mean, error = estimate(right, torch.ones(6).bool(), text)
    assert (count, mean) == (6, 0.6667)
    # Deviations of the texts: 3 · 1/3, 2 · −2/3 and 1/3, by 6 words; times 3 / 2.
    assert error == pytest.approx(((1 + 16 / 9 + 1 / 9) / 36 * 1.5) ** 0.5, abs=1e-4)
    assert estimate(right, torch.zeros(6).bool(), text) == [0, None, None]
