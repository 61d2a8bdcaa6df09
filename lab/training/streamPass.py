"""One pass over frame streams with their questions apart: every question attends to the frames up to its moment and to itself.

    frames      0 1 2 3 … P−1                     causal
    question 0  sees frames 0 … starts−1, itself  at positions starts, starts + 1, …
    question 1  the same, and nothing of question 0

The last layer computes only the questions' rows: nothing is predicted from the frames.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from model import HeadAt, Llama, causal_logits, mix, rotate
from streamData import HeadHint, StreamBatch

Found = dict[HeadAt, Tensor]  # attention logits of the hinted rows [stream][row][column]


def question_states(model: Llama, batch: StreamBatch, frame_hints: dict[HeadAt, HeadHint], question_hints: dict[HeadAt, HeadHint]):
    """Final states of the questions [stream][question · token][hidden], and attention logits for both kinds of hints."""
    streams, count, length = batch.questions.shape
    places = (batch.starts.unsqueeze(-1) + torch.arange(length, device=batch.starts.device)).flatten(1)
    rope = (model.cosine[: batch.frames.shape[1]], model.sine[: batch.frames.shape[1]])
    question_rope = (model.cosine[places].unsqueeze(1), model.sine[places].unsqueeze(1))
    unseen = torch.arange(batch.frames.shape[1], device=places.device) >= batch.starts.unsqueeze(-1)  # [stream][question][frame position]
    unseen = unseen.unsqueeze(2).expand(-1, -1, length, -1).reshape(streams, 1, count * length, -1)
    x, y = model.embed_tokens(batch.frames), model.embed_tokens(batch.questions.flatten(1))
    of_frames: Found = {}
    of_questions: Found = {}
    for index, layer in enumerate(model.layers):
        attention = layer.self_attn
        q, k, v = heads_of(attention, layer.input_layernorm(x), rope)
        own = heads_of(attention, layer.input_layernorm(y), question_rope)
        group = q.shape[1] // k.shape[1]
        for (at, head), hint in frame_hints.items():
            if at == index:
                of_frames[at, head] = causal_logits(q[:, head], k[:, head // group], hint.rows)
        mixed, logits = mix_questions(own, (k, v), unseen, length)
        for (at, head), hint in question_hints.items():
            if at == index:
                wanted = hint.rows.unsqueeze(-1).expand(-1, -1, logits.shape[-1])
                of_questions[at, head] = logits[:, head].gather(1, wanted).float()
        y = y + attention.o_proj(mixed)
        y = y + layer.mlp(layer.post_attention_layernorm(y))
        if index + 1 < len(model.layers):
            x = x + attention.o_proj(mix(q, k, v).transpose(1, 2).flatten(2))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
    return model.norm(y), of_frames, of_questions


def heads_of(attention, x: Tensor, rope: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values [stream][head][row][headDim], the first two rotated."""
    size = attention.arch.head_size
    q, k, v = (
        project(x).view(*x.shape[:2], -1, size).transpose(1, 2)
        for project in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    return rotate(q, rope), rotate(k, rope), v


def mix_questions(
    own: tuple[Tensor, Tensor, Tensor], frames: tuple[Tensor, Tensor], unseen: Tensor, length: int
) -> tuple[Tensor, Tensor]:
    """Attention output [stream][row][width], and logits [stream][head][row][column]: the frames, then the question's own tokens."""
    q, own_keys, own_values = own
    streams, heads, rows, size = q.shape
    keys, values = frames
    kv_heads, columns = keys.shape[1:3]
    q = (q * size**-0.5).reshape(streams, kv_heads, -1, size)  # the group's heads one after the other
    to_frames = (q @ keys.transpose(2, 3)).view(streams, heads, rows, columns).masked_fill(unseen, float("-inf"))
    by_question = q.view(streams, kv_heads, heads // kv_heads, rows // length, length, size)
    own_keys, own_values = (each.reshape(streams, kv_heads, 1, rows // length, length, size) for each in (own_keys, own_values))
    ahead = torch.full((length, length), float("-inf"), dtype=q.dtype, device=q.device).triu(1)
    to_own = (by_question @ own_keys.transpose(-1, -2) + ahead).reshape(streams, heads, rows, length)
    logits = torch.cat([to_frames, to_own], dim=-1)
    weights = logits.softmax(dim=-1)
    of_frames = weights[..., :columns].reshape(streams, kv_heads, -1, columns) @ values
    of_own = weights[..., columns:].reshape(by_question.shape[:-1] + (length,)) @ own_values
    mixed = of_frames.view(streams, heads, rows, size) + of_own.reshape(streams, heads, rows, size)
    return mixed.transpose(1, 2).flatten(2), logits


def hint_loss(logits: Found, hints: dict[HeadAt, HeadHint]) -> Tensor:
    """The sum over heads of each head's mean over its rows: minus the log of what any of the columns get together; shared columns alike."""
    total = next(iter(logits.values())).new_zeros(()) if logits else torch.zeros(())
    for head, found in logits.items():
        columns = hints[head].columns
        asked = columns.any(dim=-1)
        logs = F.log_softmax(found[asked], dim=-1)
        chosen = columns[asked]
        if hints[head].is_shared:
            losses = -logs.masked_fill(~chosen, 0.0).sum(dim=-1) / chosen.sum(dim=-1)
        else:
            losses = -logs.masked_fill(~chosen, float("-inf")).logsumexp(dim=-1)
        total = total + losses.mean()
    return total
