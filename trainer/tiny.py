"""A model for a CPU: made on the spot with its tokenizer, then warmed up by supervised steps to a middling accuracy.

Example of a warm-up target: `<think>7+8+0=15;3+4+1=8</think>\\boxed{85}`. A share of the targets holds a slip: a column
added wrongly, a younger person, an answer without its box. What the model then does half of the time, the reward can
teach it to do nearly always.
"""

import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.config import Tiny

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_TAGS = ("<think>", "</think>", "\\boxed{")
_TEMPLATE = (
    "{% for m in messages %}{% if m['role'] == 'user' %}<user>{{ m['content'] }}"
    "{% else %}<assistant>{{ m['content'] }}<end>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
_MOST = 128  # tokens of a prompt with its completion
_WORDS = 480  # 256 bytes, and enough for every name and thing of the blend


def make_tokenizer(prompts: Sequence[str]) -> "PreTrainedTokenizerBase":
    """Return a tokenizer of Qwen2's kind, trained on the prompts: about a token a word, a token a digit.

    The instruction that ends every prompt of a form is one token, and so is each tag, so that sequences stay short.
    """
    from transformers import Qwen2Tokenizer

    asked = sorted({prompt.rpartition("\n\n")[2] for prompt in prompts})
    bare = [prompt.rpartition("\n\n")[0] for prompt in prompts]
    tokenizer = Qwen2Tokenizer(
        vocab={}, merges=[], unk_token=None, bos_token=None, pad_token="<pad>", eos_token="<end>"
    ).train_new_from_iterator([bare], vocab_size=_WORDS, show_progress=False)
    tokenizer.add_tokens([*asked, *_TAGS])
    tokenizer.add_special_tokens({"additional_special_tokens": ["<user>", "<assistant>"]})
    tokenizer.padding_side = "left"
    tokenizer.model_max_length = _MOST
    tokenizer.chat_template = _TEMPLATE
    return tokenizer


def worked(question: str, options: Sequence[str] | None, slip: random.Random | None) -> tuple[str, str]:
    """Return the reasoning and the answer of a row of blends/tiny.yaml, with a slip where one is wanted.

    "Ana has 37 figs and gets 48 more. ..." -> ("7+8+0=15;3+4+1=8", "85")
    "Today Ana is 3, Ben is 8 and Leo is 5. ..." -> ("8 Ben", "B: Ben")
    """
    numbers = [int(found) for found in re.findall(r"\d+", question)]
    if not options:
        return _column_sum(numbers[0], numbers[1], slip)
    names = re.findall(r"(\w+) is \d+", question)
    ranked = sorted(zip(numbers, names, strict=True), reverse=True)
    age, name = ranked[0] if slip is None else slip.choice(ranked[1:])
    return f"{age} {name}", f"{chr(ord('A') + list(options).index(name))}: {name}"


def _column_sum(x: int, y: int, slip: random.Random | None) -> tuple[str, str]:
    width = max(len(str(x)), len(str(y)))
    wrong_at = slip.randrange(width) if slip else -1
    steps, digits, carry = [], "", 0
    for place in range(width):
        a, b = x // 10**place % 10, y // 10**place % 10
        total = a + b + carry
        if slip and place == wrong_at:
            total = max(0, total + slip.choice((-1, 1, 2)))
        steps.append(f"{a}+{b}+{carry}={total}")
        digits, carry = str(total % 10) + digits, total // 10
    return ";".join(steps), str(int(f"{carry or ''}{digits}"))


def target(row: Mapping[str, Any], slips: float, rng: random.Random) -> str:
    """Return a completion for a row: right, or with a slip in a share of the draws, a quarter of them of format."""
    drawn = rng.random()
    reasoning, answer = worked(row["question"], row["options"], rng if drawn < 0.75 * slips else None)
    boxed = answer if 0.75 * slips <= drawn < slips else f"\\boxed{{{answer}}}"
    return f"<think>{reasoning}</think>{boxed}"


def make_tiny(size: Tiny, rows: Sequence[Mapping[str, Any]], folder: Path, *, seed: int, device: str = "cpu") -> None:
    """Make the model, warm it up on the training rows on `device`, and save it with its tokenizer in `folder`."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = make_tokenizer([row["prompt"][0]["content"] for row in rows])
    torch.manual_seed(seed)
    heads = size.hidden // 32
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=size.hidden,
            intermediate_size=3 * size.hidden,
            num_hidden_layers=size.layers,
            num_attention_heads=heads,
            num_key_value_heads=heads,
            max_position_embeddings=_MOST,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    _warm_up(model.to(device), tokenizer, size, rows, random.Random(seed))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _warm_up(
    model: Any, tokenizer: "PreTrainedTokenizerBase", size: Tiny, rows: Sequence[Mapping[str, Any]], rng: random.Random
) -> None:
    """Train on worked targets; the loss is the mean over the tokens of the completions."""
    import torch
    from transformers import get_cosine_schedule_with_warmup

    ends = tokenizer.eos_token_id
    asked = [tokenizer.apply_chat_template(r["prompt"], add_generation_prompt=True, return_dict=False) for r in rows]
    optimizer = torch.optim.AdamW(model.parameters(), lr=size.lr, weight_decay=0.01)
    schedule = get_cosine_schedule_with_warmup(optimizer, 20, size.steps)
    model.train()
    for _ in range(size.steps):
        drawn = [rng.randrange(len(rows)) for _ in range(size.batch)]
        answers = [tokenizer.encode(target(rows[nr], size.slips, rng), add_special_tokens=False) for nr in drawn]
        pairs = [(asked[nr], [*answer, ends]) for nr, answer in zip(drawn, answers, strict=True)]
        longest = max(len(prompt) + len(answer) for prompt, answer in pairs)
        tokens = torch.full((size.batch, longest), tokenizer.pad_token_id)  # (batch, tokens)
        labels = torch.full((size.batch, longest), -100)
        for line, (prompt, answer) in enumerate(pairs):
            tokens[line, : len(prompt) + len(answer)] = torch.tensor([*prompt, *answer])
            labels[line, len(prompt) : len(prompt) + len(answer)] = torch.tensor(answer)
        tokens, labels = tokens.to(model.device), labels.to(model.device)
        loss = model(input_ids=tokens, attention_mask=(tokens != tokenizer.pad_token_id).long(), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
