"""
Records a run of any causal language model of transformers as a run file of Winnow: decoding under a KV budget, each layer
and KV head evicting for itself. The model may be far too large for a browser; the file plays in one without it.

    python lab/tools/record_transformers.py Qwen/Qwen3-8B --device cuda --prompt-file question.txt --budget 512 --out run.winnow

The loop is in recording.py, what it evicts in eviction.py; the contract for loops of your own is in README.md.
"""

import argparse
import sys
from pathlib import Path

from evicting_cache import Recipe
from model_facts import added_tokens, load, prompt_of, prompt_of_tokens
from recording import record
from winnow_run import RunFileError


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    recipe = Recipe(
        policy=options.policy, budget=options.budget, window=options.window, interval=options.interval,
        alpha=options.alpha, weight=options.weight, max_new_tokens=options.max_new_tokens, has_attention=options.attention,
    )
    try:
        model, tokenizer = load(options.model, options.device, options.dtype)
        if options.prompt_tokens:
            prompt = prompt_of_tokens(tokenizer, [int(token) for token in options.prompt_tokens.split(",")], options.answer)
        else:
            text = _file_text(options.prompt_file) if options.prompt_file else options.prompt
            prompt = prompt_of(tokenizer, text, options.answer)
            print(f"{len(prompt.tokens)} tokens of the prompt; added by the tokenizer: {' '.join(added_tokens(tokenizer)) or 'none'}")
        writer = record(model, tokenizer, prompt, recipe, progress=lambda text: print(text, end="", flush=True))
        size = writer.save(options.out)
    except (RunFileError, OSError, UnicodeDecodeError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"\n{options.out}: {size} bytes")
    return 0


def _file_text(file: Path) -> str:
    """Unchanged, line ends included, but without a byte order mark."""
    with file.open(encoding="utf-8-sig", newline="") as content:
        return content.read()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Records a run of a transformers model as a run file of Winnow.")
    parser.add_argument("model", help="a folder in Hugging Face layout, a GGUF file, a name on the hub, or there OWNER/NAME/FILE.gguf")
    prompt = parser.add_mutually_exclusive_group(required=True)
    prompt.add_argument("--prompt", help="text")
    prompt.add_argument("--prompt-file", type=Path, help="text in UTF-8")
    prompt.add_argument("--prompt-tokens", help="numbers separated by commas")
    parser.add_argument("--answer", help="the right answer, where it is known")
    parser.add_argument("--policy", choices=["gkv", "snapKv"], default="gkv")
    parser.add_argument("--budget", type=int, default=512, help="slots kept per layer and KV head (%(default)s)")
    parser.add_argument("--window", type=int, default=16, help="newest slots, whose queries vote (%(default)s)")
    parser.add_argument("--interval", type=int, default=128, help="forwards between events (%(default)s)")
    parser.add_argument("--alpha", type=float, default=0.8, help="G-KV: decay of the carried score (%(default)s)")
    parser.add_argument("--weight", type=float, default=0.5, help="G-KV: lambda, attention against redundancy (%(default)s)")
    parser.add_argument("--max-new-tokens", type=int, default=256, help="(%(default)s)")
    parser.add_argument("--attention", action="store_true", help="record the newest query's attention of every step")
    parser.add_argument("--dtype", default="auto", help="float32, float16, bfloat16 (as stored)")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
