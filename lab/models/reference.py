"""What transformers makes of the same GGUF file: its blocks dequantised by the package gguf into float32, the rows of queries
and keys put back in order, and the tokens of a run scored in one pass. Prints one JSON object. npm run real-models starts it.

    python lab/models/reference.py FILE.gguf RUN.json     RUN.json is what measure.ts printed
"""

import json
import sys
import time

import torch
from gguf import GGUFReader
from gguf.quants import dequantize
from transformers import LlamaConfig, LlamaForCausalLM

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def read_model(file: str) -> LlamaForCausalLM:
    reader = GGUFReader(file)
    value = lambda key: reader.fields[f"llama.{key}"].contents()
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    heads, kv_heads = value("attention.head_count"), value("attention.head_count_kv")
    head_dim = value("embedding_length") // heads
    config = LlamaConfig(
        vocab_size=int(tensors["token_embd.weight"].shape[1]),
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        max_position_embeddings=value("context_length"),
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": value("rope.freq_base")},
        tie_word_embeddings="output.weight" not in tensors,
        attn_implementation="eager",
    )
    weights = {}
    for name, tensor in tensors.items():
        data = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).float()
        parts = name.split(".")
        if parts[0] == "blk":
            if parts[2] in ("attn_q", "attn_k"):
                # The converter put the two halves of a head side by side.
                data = data.reshape(-1, head_dim // 2, 2, data.shape[1]).transpose(1, 2).reshape(data.shape)
            weights[f"model.layers.{parts[1]}.{LAYER_NAMES[parts[2]]}.weight"] = data
        elif parts[0] in OUTER_NAMES:
            weights[f"{OUTER_NAMES[parts[0]]}.weight"] = data
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model.to_empty(device="cpu")
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and all(name == "lm_head.weight" for name in missing), (missing, unexpected)
    model.tie_weights()
    return model.eval()


@torch.no_grad()
def main(file: str, run_file: str) -> None:
    torch.set_num_threads(1)
    model = read_model(file)
    with open(run_file) as handle:
        run = json.load(handle)
    prompt, tokens = run["promptTokens"], run["tokens"]
    logits = model(torch.tensor([prompt + tokens[:-1]])).logits[0, len(prompt) - 1 :]
    expected = torch.log_softmax(logits.double(), dim=-1)
    steps = torch.arange(len(tokens))
    chosen = (expected[steps, torch.tensor(tokens)] - torch.tensor(run["logProbabilities"])).abs()
    candidates = torch.tensor(run["candidateTokens"])
    listed = (expected.gather(1, candidates) - torch.tensor(run["candidateLogProbabilities"])).abs()
    result = {
        "steps": len(tokens),
        "maxChosen": chosen.max().item(),
        "maxCandidates": listed.max().item(),
        "sameBest": int((expected.argmax(1) == torch.tensor(tokens)).sum()),
    }
    past = model(torch.tensor([prompt]), use_cache=True).past_key_values
    token = torch.tensor([[tokens[0]]])
    count = min(24, len(tokens) - 1)
    start = time.process_time()
    for _ in range(count):
        out = model(token, past_key_values=past, use_cache=True)
        past, token = out.past_key_values, out.logits[:, -1:].argmax(-1)
    result["transformersTokensPerSecond"] = count / (time.process_time() - start)
    result["llamaCppTokensPerSecond"] = llama_cpp_speed(file, prompt)
    print(json.dumps(result))


def llama_cpp_speed(file: str, prompt: list[int]) -> float | None:
    """Of the package llama-cpp-python, where it is installed: greedy, one thread."""
    try:
        from llama_cpp import Llama
    except ImportError:
        return None
    model = Llama(file, n_threads=1, n_threads_batch=1, n_ctx=512, verbose=False)
    tokens = model.generate(prompt, temp=0.0, top_k=1, repeat_penalty=1.0)
    next(tokens)
    count = 96
    start = time.process_time()
    for _ in range(count):
        next(tokens)
    return count / (time.process_time() - start)


main(*sys.argv[1:3])
