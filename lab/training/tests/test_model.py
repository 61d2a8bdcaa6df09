"""The model, its optimizer and its export."""

from dataclasses import replace

import pytest
import torch

from export import export_model, to_dtype_of_file
from model import Architecture, Llama, causal_logits, mix, order_numbers
from muon import Muon, orthogonalise

SMALL = Architecture(vocabulary=40, hidden=36, heads=6, kv_heads=2, head_size=8, mlp=48, positions=256)


def test_written_out_attention_equals_the_fused_one():
    torch.manual_seed(1)
    q, k, v = torch.randn(2, 4, 150, 8), torch.randn(2, 2, 150, 8), torch.randn(2, 2, 150, 8)
    fused = torch.nn.functional.scaled_dot_product_attention(
        q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), is_causal=True
    )
    torch.testing.assert_close(mix(q, k, v), fused, atol=1e-5, rtol=1e-5)


def test_attention_logits_are_those_of_the_head_that_was_asked_for():
    torch.manual_seed(1)
    q, k, v = torch.randn(1, 4, 9, 8), torch.randn(1, 2, 9, 8), torch.randn(1, 2, 9, 8)
    weights = causal_logits(q[:, 3], k[:, 1], torch.arange(9).unsqueeze(0)).softmax(dim=-1)
    torch.testing.assert_close(weights @ v[:, 1], mix(q, k, v)[:, 3], atol=1e-5, rtol=1e-5)


def test_decoding_by_cache_gives_the_logits_of_the_whole_text():
    torch.manual_seed(1)
    model = Llama(SMALL)
    tokens = torch.randint(0, 40, (2, 20))
    states, cache, _ = model.states(tokens[:, :15])
    parts = [states]
    for at in range(15, 20):
        states, cache, _ = model.states(tokens[:, at : at + 1], cache=cache)
        parts.append(states)
    torch.testing.assert_close(model.logits(torch.cat(parts, dim=1)), model(tokens), atol=1e-5, rtol=1e-4)


def test_architecture_refuses_what_the_task_rules_out():
    with pytest.raises(ValueError, match="query heads per KV head"):
        replace(SMALL, kv_heads=6)


def test_orthogonalised_matrices_have_singular_values_near_one():
    torch.manual_seed(1)
    for shape in ((3, 24, 64), (3, 64, 24)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(shape)).float())
        assert values.min() > 0.5 and values.max() < 1.4


def test_muon_finds_a_matrix_from_its_products():
    torch.manual_seed(1)
    wanted, weight = torch.randn(12, 8), torch.nn.Parameter(torch.zeros(12, 8))
    muon = Muon([weight], lr=0.05)
    for step in range(200):
        muon.param_groups[0]["lr"] = 0.2 * (1 - step / 200)
        inputs = torch.randn(64, 8)
        loss = ((inputs @ (weight - wanted).T) ** 2).mean()
        loss.backward()
        muon.step()
        muon.zero_grad()
    assert loss.item() < 0.01


def test_export_loads_in_transformers_and_computes_the_same(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    torch.manual_seed(1)
    model = Llama(SMALL)
    words = ["<pad>", "<bos>", "<eos>", "<unk>", "<think>", "</think>", *(f"word{token}" for token in range(6, 40))]
    export_model(model, words, tmp_path / "model")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "model")
    assert tokenizer("<bos> word7 word39 <think>", add_special_tokens=False).input_ids == [1, 7, 39, 4]
    theirs = transformers.LlamaForCausalLM.from_pretrained(tmp_path / "model", dtype=torch.float32)
    tokens = torch.randint(0, 40, (2, 100))
    with torch.no_grad():
        torch.testing.assert_close(to_dtype_of_file(model)(tokens), theirs(tokens).logits, atol=1e-5, rtol=1e-4)


def test_numbers_begin_with_their_size_and_other_words_as_they_were():
    torch.manual_seed(3)
    words = ["room", *(str(number) for number in range(60))]
    embedding = torch.nn.Embedding(len(words), 128)
    torch.nn.init.normal_(embedding.weight, std=0.02)
    before = embedding.weight[0].clone()
    order_numbers(embedding, words)
    assert torch.equal(embedding.weight[0], before)
    # Odd and even numbers are a hyperplane apart, and so are small and large ones.
    numbers = embedding.weight[1:].detach()
    for wanted in (torch.arange(60) % 2 * 2.0 - 1, (torch.arange(60) >= 30) * 2.0 - 1):
        found = leave_one_out(numbers, wanted)
        assert ((found > 0) == (wanted > 0)).float().mean() > 0.85


def leave_one_out(inputs: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Ridge regression's guess for each row from all the others."""
    gram = inputs @ inputs.T + 0.05 * torch.eye(len(inputs))
    inverse = torch.linalg.inv(gram)
    return wanted - (inverse @ wanted) / inverse.diagonal()
