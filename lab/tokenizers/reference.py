"""
Tokenises texts with the tokenizers library. Reads {"file": PATH or "json": TEXT, "texts": [...]} a line, writes a line each:
{"ids": [[...], ...], "texts": [...]}, or {"error": ...} if the library refuses the tokenizer. A text that fails is null.
"""

import json
import sys

import tokenizers


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(question: dict) -> dict:
    try:
        if "file" in question:
            tokenizer = tokenizers.Tokenizer.from_file(question["file"])
        else:
            tokenizer = tokenizers.Tokenizer.from_str(question["json"])
    except Exception as error:  # the library raises Exception itself
        return {"error": str(error)}
    ids = [encoded(tokenizer, text) for text in question["texts"]]
    texts = [None if each is None else tokenizer.decode(each, skip_special_tokens=False) for each in ids]
    return {"ids": ids, "texts": texts}


def encoded(tokenizer: tokenizers.Tokenizer, text: str) -> list[int] | None:
    try:
        return tokenizer.encode(text).ids
    except KeyboardInterrupt:
        raise
    except BaseException:  # a panic of the library is no Exception
        return None


if __name__ == "__main__":
    main()
