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
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM

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
# Gemma calls the norm of attention's output what Llama calls the norm of the MLP's input.
GEMMA_NAMES = LAYER_NAMES | {
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
}
OUTER_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def read_model(file: str) -> torch.nn.Module:
    reader = GGUFReader(file)
    architecture = reader.fields["general.architecture"].contents()
    value = lambda key: reader.fields[f"{architecture}.{key}"].contents()
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    shared = dict(
        vocab_size=int(tensors["token_embd.weight"].shape[1]),
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv"),
        max_position_embeddings=value("context_length"),
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        tie_word_embeddings="output.weight" not in tensors,
        attn_implementation="eager",
    )
    if architecture == "gemma3":
        config = Gemma3TextConfig(
            **shared,
            head_dim=value("attention.key_length"),
            query_pre_attn_scalar=value("attention.key_length"),
            sliding_window=value("attention.sliding_window"),
            rope_parameters={
                "full_attention": {"rope_type": "default", "rope_theta": value("rope.freq_base")},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            },
        )
    else:
        rope = {"rope_type": "default", "rope_theta": value("rope.freq_base")}
        config = LlamaConfig(**shared, rope_parameters=rope)
    return filled(config, architecture, tensors)


@torch.no_grad()
def filled(config, architecture: str, tensors: dict) -> torch.nn.Module:
    """The tensors of the file under the names of transformers, dequantised."""
    is_gemma = architecture == "gemma3"
    head_dim = config.hidden_size // config.num_attention_heads
    weights = {}
    for name, tensor in tensors.items():
        data = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).float()
        # The converter has added the 1 that Gemma's norms leave out.
        if is_gemma and "norm" in name:
            data = data - 1
        parts = name.split(".")
        if parts[0] == "blk":
            if not is_gemma and parts[2] in ("attn_q", "attn_k"):
                # The converter put the two halves of a head side by side.
                data = data.reshape(-1, head_dim // 2, 2, data.shape[1]).transpose(1, 2).reshape(data.shape)
            names = GEMMA_NAMES if is_gemma else LAYER_NAMES
            weights[f"model.layers.{parts[1]}.{names[parts[2]]}.weight"] = data
        elif parts[0] in OUTER_NAMES:
            weights[f"{OUTER_NAMES[parts[0]]}.weight"] = data
    with torch.device("meta"):
        model = (Gemma3ForCausalLM if is_gemma else LlamaForCausalLM)(config)
    model.to_empty(device="cpu")
    # What follows from the config is in no file.
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    if is_gemma:
        model.model.embed_tokens.embed_scale = torch.tensor(config.hidden_size**0.5)
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
