"""A recorded run as the head and columns of its file (docs/run-file.md)."""

from dataclasses import dataclass

import numpy as np

from .container import VERSION, Columns, parameters_to_json
from .errors import require
from .events import EventRows, event_run, write_events
from .records import Backend, Model, Policy, Prompt, Sampling, Step


@dataclass(frozen=True)
class RecordedStep:
    """A step with its attention as it is stored, and the slots that its forward read in each head."""

    step: Step
    lengths: list[int]  # [head]
    scale: np.ndarray  # [head] or empty
    attention: list[np.ndarray]  # [head] of [slot], or empty


@dataclass
class RecordedRun:
    model: Model
    policy: Policy
    prompt: Prompt
    backend: Backend
    sampling: Sampling
    max_new_tokens: int
    steps: list[RecordedStep]
    events: list[EventRows]
    is_scored: bool = True
    end: str | None = None


def encode_run(run: RecordedRun) -> tuple[dict, Columns]:
    texts = {text: place for place, text in enumerate(dict.fromkeys(_texts(run)))}
    names = event_names(run.events)
    header = _header(run)
    parameters = run.policy.parameters | ({} if run.is_scored else {"isScored": False})
    columns = Columns()
    _write_steps(columns, run, texts)
    write_events(columns, run.events, event_run(header, parameters, len(run.prompt.tokens), names))
    head = {
        "version": VERSION, "header": header | {"parameters": parameters_to_json(parameters)},
        "promptCount": len(run.prompt.tokens), "stepCount": len(run.steps),
        "events": [event.entry for event in run.events], **names, "end": run.end, "texts": list(texts),
    }
    return head, columns


def event_names(events: list[EventRows]) -> dict:
    """What all events hold. Raises RunFileError where they differ."""
    all_names = [
        {"termNames": list(event.terms), "partNames": list(event.parts), "hasCarry": event.carry is not None} for event in events
    ]
    first = all_names[0] if all_names else {"termNames": [], "partNames": [], "hasCarry": False}
    for event, names in zip(events, all_names):
        require(names == first, f"the event of step {event.entry['step']} holds other terms or parts than the first")
    return first


def _texts(run: RecordedRun):
    yield from run.prompt.texts
    for recorded in run.steps:
        yield recorded.step.text
        yield from (text for _, text, _ in recorded.step.candidates)


def _write_steps(columns: Columns, run: RecordedRun, texts: dict[str, int]) -> None:
    steps = [recorded.step for recorded in run.steps]
    columns.put("prompt/tokens", "int32", [run.prompt.tokens])
    columns.put("prompt/texts", "int32", [[texts[text] for text in run.prompt.texts]])
    columns.put("steps/tokens", "int32", [[step.token for step in steps]])
    columns.put("steps/texts", "int32", [[texts[step.text] for step in steps]])
    for name, field in (
        ("logProbability", "log_probability"), ("entropy", "entropy"), ("computeMs", "compute_ms"),
        ("eventMs", "event_ms"), ("readBackMs", "read_back_ms"),
    ):
        columns.put(f"steps/{name}", "float64", [[getattr(step, field) for step in steps]])
    columns.put("steps/candidateCounts", "int32", [[len(step.candidates) for step in steps]])
    columns.put("steps/candidateTokens", "int32", [[token for token, _, _ in step.candidates] for step in steps])
    columns.put("steps/candidateTexts", "int32", [[texts[text] for _, text, _ in step.candidates] for step in steps])
    columns.put("steps/candidateLogProbabilities", "float32", [[number for _, _, number in step.candidates] for step in steps])
    columns.put("steps/hasAttention", "uint8", [[len(recorded.attention) > 0 for recorded in run.steps]])
    if any(recorded.attention for recorded in run.steps):
        columns.put("steps/attentionScale", "float32", [recorded.scale for recorded in run.steps])
        columns.put("steps/attention", "uint8", [row for recorded in run.steps for row in recorded.attention])


def _header(run: RecordedRun) -> dict:
    model, prompt, sampling = run.model, run.prompt, run.sampling
    capacity = max((max(recorded.lengths) for recorded in run.steps), default=len(prompt.tokens))
    bytes_per_slot = 2 * model.layer_count * model.kv_head_count * model.head_dim * model.kv_value_bytes
    return {
        "version": 1,
        "model": {
            "id": model.id, "label": model.label, "architecture": model.architecture,
            "layerCount": model.layer_count, "headCount": model.head_count, "kvHeadCount": model.kv_head_count,
            "headDim": model.head_dim, "vocabularySize": model.vocabulary_size,
            "parameterCount": model.parameter_count, "maxPositions": model.max_positions, "digest": model.digest,
        },
        "backend": {
            "type": run.backend.type, "adapter": run.backend.adapter, "isSoftware": False,
            "weightType": run.backend.weight_type,
        },
        "memory": {
            "slotCapacity": capacity, "bytesPerSlot": bytes_per_slot, "kvBytes": capacity * bytes_per_slot,
            "weightBytes": model.weight_bytes, "otherBytes": 0,
        },
        "policyId": run.policy.id, "policyLabel": run.policy.label, "formula": run.policy.formula,
        "sampling": {
            "temperature": sampling.temperature, "topP": sampling.top_p, "topK": sampling.top_k, "seed": sampling.seed,
        },
        "maxNewTokens": run.max_new_tokens, "promptText": prompt.text, "expectedAnswer": prompt.expected_answer,
    }
