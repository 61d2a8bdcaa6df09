"""Training on frame streams: hints, and a pass in which every question is asked by itself."""

import base64
import json

import pytest

torch = pytest.importorskip("torch")

import checkStream  # noqa: E402
from data import IGNORED, ROOT, Vocabulary  # noqa: E402
from model import Architecture, Llama  # noqa: E402
from streamData import FRAME_TOKENS, collate_streams, read_stream  # noqa: E402
from streamHints import StreamHints, hints_of  # noqa: E402
from streamPass import hint_loss, question_states  # noqa: E402
from trainStream import first_words, name_patches  # noqa: E402

WORDS = "<pad> <bos> <eos> <unk> [frame] [floor] [desk] [lamp] [lamp-on] [red-key] [Dan] [Eva] ? : what who where lay stood by the"
WORDS += " first last how many times was lit desk lamp red key Dan Eva none one two"
VOCABULARY = Vocabulary(WORDS.split())
# Patches of each frame: the desk's spot is patch 1, the lamp is patch 2.
SPOTS, LAMPS = ("red-key", "Dan", "floor", "Eva"), ("lamp", "lamp-on", "lamp", "lamp-on")


def position(frame: int, patch: int) -> int:
    return 1 + frame * FRAME_TOKENS + 1 + patch


def record() -> dict:
    frames = [
        " ".join(["[frame]", "[desk]", f"[{spot}]", f"[{lamp}]", *["[floor]"] * 22]) for spot, lamp in zip(SPOTS, LAMPS)
    ]

    def question(kind: str, words: str, answer: str, reads: list, moment: int = 4) -> dict:
        return dict(type=kind, moment=moment, question=f"? {words} :", answer=answer, reads=reads)

    return dict(
        stream=" ".join(["<bos>", *frames]),
        questions=[
            question("A1", "what lay by the desk", "red key", [[position(0, 1)]], moment=2),
            question("O1", "who stood first by the desk", "Dan", [[position(1, 1)]]),
            question("O2", "who stood last by the desk", "Eva", [[position(3, 1)]]),
            question("N1", "how many times was the lamp lit", "two", [[position(1, 2), position(3, 2)]]),
        ],
    )


def model() -> Llama:
    torch.manual_seed(3)
    return Llama(Architecture(vocabulary=len(VOCABULARY.words), hidden=32, heads=4, kv_heads=2, head_size=8, mlp=16))


def test_a_question_is_read_as_if_it_stood_alone_behind_its_frames():
    llama, example = model(), read_stream(record(), VOCABULARY)
    states, _, _ = question_states(llama, collate_streams([example, example]), {}, {})
    states = states.view(2, 4, -1, states.shape[-1])
    for question, start in enumerate(example.starts.tolist()):
        alone = torch.cat([example.frames[:start], example.questions[question]])
        expected, _, _ = llama.states(alone.unsqueeze(0))
        for stream in range(2):
            torch.testing.assert_close(states[stream, question], expected[0, start:], rtol=1e-4, atol=1e-5)


def test_the_answer_and_its_end_are_predicted_and_nothing_else():
    example = read_stream(record(), VOCABULARY)
    first = example.targets[0]
    assert [VOCABULARY.words[token] for token in first[first != IGNORED].tolist()] == ["red", "key", "<eos>"]
    assert first_words(example.targets).sum(dim=-1).tolist() == [1, 1, 1, 1]


def test_hints_name_the_patches_and_the_words():
    hints = hints_of(record()["questions"])
    assert (position(0, 1), [position(0, 0)]) in hints.frames[StreamHints.PREVIOUS]
    # Dan came first; Eva looks at Dan.
    assert dict(hints.frames[StreamHints.EARLIER]) == {position(1, 1): [0], position(3, 1): [position(1, 1)]}
    look_up = {number: columns for number, _, columns, _ in hints.questions[StreamHints.LOOK_UP]}
    assert look_up == {0: [position(0, 1)], 1: [position(1, 1)], 2: [position(3, 1)]}
    assert hints.questions[StreamHints.COUNT] == [(3, 8, [0, position(1, 2), position(3, 2)], [])]
    # The second word of "red key" comes from the row before.
    assert hints.questions[StreamHints.REST] == [(0, 7, [], [6])]


def test_a_hint_costs_nothing_where_the_head_looks_as_it_asks():
    batch = collate_streams([read_stream(record(), VOCABULARY)])
    hint = batch.question_hints[StreamHints.LOOK_UP]
    logits = torch.where(hint.columns, 0.0, -50.0)
    assert hint_loss({StreamHints.LOOK_UP: logits}, batch.question_hints).item() == pytest.approx(0, abs=1e-6)
    assert hint_loss({StreamHints.LOOK_UP: -logits}, batch.question_hints).item() > 10
    # Shared by the beginning and two lamps: a third each is the best there is.
    count = batch.question_hints[StreamHints.COUNT]
    shared = hint_loss({StreamHints.COUNT: torch.where(count.columns, 0.0, -50.0)}, batch.question_hints)
    assert shared.item() == pytest.approx(torch.log(torch.tensor(3.0)).item(), abs=1e-5)


def test_a_patch_begins_as_the_sum_of_its_words():
    embedding = torch.nn.Embedding(len(VOCABULARY.words), 8)
    name_patches(embedding, VOCABULARY.ids)
    of = {word: embedding.weight[token] for word, token in VOCABULARY.ids.items()}
    torch.testing.assert_close(of["[red-key]"], of["red"] + of["key"])
    torch.testing.assert_close(of["[lamp-on]"], of["lamp"] + of["lit"])


def test_the_full_cache_of_the_check_reads_as_the_model_does():
    llama, example = model(), read_stream(record(), VOCABULARY)
    cap = checkStream.Cap(cap=3, keep=2, block=1, alpha=0.5, recent_share=0.125, stream=4)
    with torch.no_grad():
        cache, peak = checkStream.watch(llama, example, "full", cap, torch.Generator())
        found = checkStream.attend(llama, cache, example.questions[1], 0, keeps=False)
        alone = torch.cat([example.frames, example.questions[1]]).unsqueeze(0)
        expected = llama.states(alone)[0][0, len(example.frames) :]
    assert peak == len(example.frames)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("rule", checkStream.RULES[1:])
def test_a_capped_cache_never_holds_more_and_keeps_the_beginning(rule):
    llama, example = model(), read_stream(record(), VOCABULARY)
    cap = checkStream.Cap(cap=3, keep=2, block=1, alpha=0.5, recent_share=0.125, stream=4)
    with torch.no_grad():
        cache, peak = checkStream.watch(llama, example, rule, cap, torch.Generator().manual_seed(1))
    assert peak == 1 + 3 * FRAME_TOKENS
    for layer in cache:
        assert layer.positions.shape == (2, 1 + 2 * FRAME_TOKENS)
        assert (layer.positions[:, 0] == 0).all() and (layer.positions.diff(dim=1) > 0).all()


def test_a_compression_keeps_what_the_published_code_keeps(monkeypatch):
    case = json.loads((ROOT / "fixtures/golden/related/infinipot-compress-0.json").read_text())
    frame_tokens, system = case["dims"]["tokens_per_frame"], case["config"]["system_size"]
    monkeypatch.setattr(checkStream, "FRAME_TOKENS", frame_tokens)

    def tensor(name: str):
        given = case["inputs"][name]
        whole = torch.frombuffer(bytearray(base64.b64decode(given["b64"])), dtype=torch.float32).view(given["shape"])
        return whole[0, :, system - 1 :]  # one token before the frames

    keys, values = tensor("keys"), tensor("values")
    layer = checkStream.Layer(keys, values, torch.arange(keys.shape[1]).expand(len(keys), -1))
    checkStream.compress(layer, "tarVan", checkStream.Cap(8, 6, 2, 0.5, 0.25, 8), torch.zeros(0), torch.Generator())
    kept = [[slot for slot in head if slot >= system - 1] for head in case["expected"]["kept_slots"][0]]
    assert (layer.positions + system - 1).tolist() == kept
