"""Query heads that no longer share KV heads have the keys and values that they had."""

import torch

from unshareHeads import unshare


def test_each_query_head_keeps_its_keys_and_values():
    key, value = torch.randn(16, 36), torch.randn(16, 36)
    names = {"model.layers.0.self_attn.k_proj.weight": key, "model.layers.0.self_attn.v_proj.weight": value}
    others = {"model.layers.0.self_attn.q_proj.weight": torch.randn(48, 36), "model.norm.weight": torch.ones(36)}
    unshared = unshare(names | others, {"num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 8})
    for name, rows in names.items():
        for head in range(6):
            assert torch.equal(unshared[name][8 * head : 8 * head + 8], rows[8 * (head // 3) : 8 * (head // 3) + 8])
    assert all(torch.equal(unshared[name], rows) for name, rows in others.items())
