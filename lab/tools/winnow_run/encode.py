"""A recorded run as the sections of its file (docs/run-file.md)."""

from dataclasses import dataclass

from .columns import ColumnWriter
from .events import RecordedEvent
from .head import encode_head, parameters_to_json
from .records import Backend, Model, Policy, Prompt, Sampling
from .steps import RecordedStep


@dataclass
class RecordedRun:
    model: Model
    policy: Policy
    prompt: Prompt
    backend: Backend
    sampling: Sampling
    max_new_tokens: int
    steps: list[RecordedStep]
    events: list[RecordedEvent]
    end: str | None = None


def encode_run(run: RecordedRun) -> dict[str, bytes]:
    texts = {text: place for place, text in enumerate(dict.fromkeys(_texts(run)))}
    return {
        "HEAD": encode_head(_head(run, list(texts))),
        "STEP": _step_columns(run, texts),
        "EVNT": _event_columns(run),
    }


def _texts(run: RecordedRun):
    yield from run.prompt.texts
    for recorded in run.steps:
        yield recorded.step.text
        yield from (text for _, text, _ in recorded.step.candidates)


def _step_columns(run: RecordedRun, texts: dict[str, int]) -> bytes:
    columns = ColumnWriter()
    steps = [recorded.step for recorded in run.steps]
    columns.int32(run.prompt.tokens)
    columns.int32([texts[text] for text in run.prompt.texts])
    columns.int32([step.token for step in steps])
    columns.int32([texts[step.text] for step in steps])
    for name in ("log_probability", "entropy", "compute_ms", "event_ms", "read_back_ms"):
        columns.float64([getattr(step, name) for step in steps])
    columns.int32([recorded.length for recorded in run.steps])
    columns.int32([len(step.candidates) for step in steps])
    columns.int32([int(recorded.attention.size > 0) for recorded in run.steps])
    for recorded in run.steps:
        candidates = recorded.step.candidates
        columns.int32([token for token, _, _ in candidates])
        columns.int32([texts[text] for _, text, _ in candidates])
        columns.float32([log_probability for _, _, log_probability in candidates])
        columns.float32(recorded.scale)
        columns.uint8(recorded.attention)
    return columns.bytes()


def _event_columns(run: RecordedRun) -> bytes:
    columns = ColumnWriter()
    for evicted in run.events:
        columns.int32(evicted.positions)
        columns.int32(evicted.kept)
        for rows in (*evicted.event.terms.values(), *evicted.event.parts.values(), evicted.total):
            columns.float32(rows)
        if evicted.event.carry is not None:
            columns.float32(evicted.event.carry)
        columns.float32(evicted.cut_off)
        columns.float32(evicted.margin)
    return columns.bytes()


def _head(run: RecordedRun, texts: list[str]) -> dict:
    model, prompt, sampling = run.model, run.prompt, run.sampling
    capacity = max((recorded.length for recorded in run.steps), default=len(prompt.tokens))
    bytes_per_slot = 2 * model.layer_count * model.kv_head_count * model.head_dim * model.kv_value_bytes
    is_scored = all(evicted.event.total is not None for evicted in run.events)
    parameters = run.policy.parameters | ({} if is_scored else {"isScored": False})
    return {
        "header": {
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
            "policyId": run.policy.id, "policyLabel": run.policy.label,
            "parameters": parameters_to_json(parameters),
            "sampling": {
                "temperature": sampling.temperature, "topP": sampling.top_p, "topK": sampling.top_k,
                "seed": sampling.seed,
            },
            "maxNewTokens": run.max_new_tokens, "promptText": prompt.text, "expectedAnswer": prompt.expected_answer,
        },
        "promptCount": len(prompt.tokens), "stepCount": len(run.steps),
        "events": [_event_entry(evicted) for evicted in run.events],
        "end": run.end, "texts": texts,
    }


def _event_entry(evicted: RecordedEvent) -> dict:
    event = evicted.event
    return {
        "event": int(event.event or 0), "step": evicted.step, "lengthBefore": evicted.positions.shape[1],
        "keptCount": evicted.kept.shape[1], "budgetSlots": int(event.budget_slots), "windowSlots": int(event.window_slots),
        "candidateCount": evicted.total.shape[1], "termNames": list(event.terms), "partNames": list(event.parts),
        "hasCarry": event.carry is not None,
    }
