"""Hint targets of a problem small enough to check by hand."""

from hints import COMPARE, LOOK_BACK, LOOK_UP, NAME, NUMBER, PREVIOUS, HintStyle, gather_heads, hint_targets, read_links

#        0     1     2   3      4     5 6 7    8 9    10 11
WORDS = "<bos> Barn: gain 2 ; to den . Start in barn <think> barn 5 gain 2 makes 7 note barn's 7 to den . recall 7".split()
RULE = {"type": "fact", "name": "barn", "summary": 7, "parts": {"header": 1, "verb": 2, "amount": 3, "first": 6}}
NOTE = {"type": "fact", "name": "barn's", "summary": 23, "parts": {"header": 19, "note": 20}}
GATHER = gather_heads(4)


def read(position: int, role: str, fact: dict, key: int) -> dict:
    source = {"fact": fact["summary"], "source": fact["parts"][role]}
    return {"type": "read", "position": position, "role": role, "key": key, **source}


LINKS = [
    RULE, NOTE, read(14, "verb", RULE, 12), read(15, "amount", RULE, 12), read(22, "first", RULE, 12),
    read(25, "note", NOTE, 19),
]


def summary_targets(words: list[str], links: list[dict]) -> dict:
    return {head: dict(pairs) for head, pairs in hint_targets(words, *read_links(links), HintStyle("summary")).items()}


def targets(style: str, heads: int = 4) -> dict:
    return {head: dict(pairs) for head, pairs in hint_targets(WORDS, *read_links(LINKS), HintStyle(style, heads)).items()}


def test_words_are_where_the_drawing_says():
    assert [WORDS[at] for at in (1, 7, 12, 14, 19, 20, 23, 25)] == ["Barn:", ".", "barn", "gain", "barn's", "7", ".", "7"]


def test_summary_hints_read_a_rule_at_its_full_stop_which_gathers_it():
    found = targets("summary")
    assert found[LOOK_UP] == {13: 7, 14: 7, 21: 7}
    assert found[NAME] == {7: 1, 13: 12, 14: 12, 21: 12, 24: 19}
    assert found[NUMBER] == {7: 3}
    assert found[GATHER[0]] == {7: 2}
    # "den", right before the full stop, needs no head of its own.
    assert GATHER[1] not in found
    assert found[PREVIOUS] == {row: row - 1 for row in range(1, len(WORDS))}


def test_a_recalled_note_is_compared_with_the_number_before_it():
    words = "<bos> note <think> makes 9 recall 7 above".split()
    assert summary_targets(words, [])[COMPARE] == {6: 4}


def test_more_heads_gather_all_in_the_first_layer():
    assert targets("summary", heads=6)[(0, 4)] == {7: 2}


def test_a_note_of_two_neighbouring_words_is_read_at_the_second():
    # The row that writes "note" has nothing to find yet.
    assert targets("summary")[LOOK_BACK] == {17: 0, 24: 20}


def test_token_hints_read_each_word_where_it_stands():
    found = targets("token")
    assert found[LOOK_UP] == {13: 2, 14: 3, 21: 6}
    assert found[NAME] == {2: 1, 3: 1, 6: 1, 20: 19, 13: 12, 14: 12, 21: 12, 24: 19}
    assert NUMBER not in found and GATHER[0] not in found


def test_without_hints_nothing_is_asked():
    assert targets("none") == {}


def test_no_row_is_asked_to_look_ahead():
    for style in ("summary", "token"):
        assert all(column <= row for pairs in targets(style).values() for row, column in pairs.items())


def test_an_order_is_found_though_its_key_is_another_word():
    #        0     1     2    3  4 5       6      7 8  9 10
    words = "<bos> Begin with Oh . <think> Answer : Oh . <eos>".split()
    order = {"type": "fact", "name": "Begin", "summary": 4, "parts": {"header": 1, "word": 3}}
    found = summary_targets(words, [order, read(8, "word", order, 7)])
    assert found[LOOK_UP] == {7: 4} and found[NAME] == {4: 1, 7: 7}


def test_what_someone_else_has_is_read_from_the_own_sentence_that_repeats_it():
    #        0     1       2     3 4    5 6     7     8   9 10   11    12 13  14 15
    words = "<bos> <think> Ann's : 3 . Ben's : 3 with 2 makes 5 . Ben's than 3".split()
    ann = {"type": "fact", "name": "Ann's", "summary": 5, "parts": {"person": 2, "number": 4}}
    ben = {"type": "fact", "name": "Ben's", "summary": 13, "parts": {"person": 6, "number": 12}}
    links = [ann, ben, read(16, "number", ann, 14)]
    found = summary_targets(words, links)
    assert found[LOOK_BACK] == {15: 13} and found[NAME] == {13: 6, 15: 14}
    # The repeated word is gathered too; the last word before the full stop needs no head.
    assert found[GATHER[1]] == {13: 8}
