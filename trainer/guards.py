"""What watches a run: alarms on its curves, and a second verifier on a share of its completions."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

_EARLY, _RECENT = 10, 5  # steps whose mean is what a run began with, and what it does now
_JUMP = 0.35  # reward gained within 2 x _RECENT steps; honest curves here gained .1 at most
_SHORT, _CERTAIN = 0.4, 0.1  # of the length and the entropy that a run began with
_CUT = 0.3  # share of completions that the limit cuts off


def alarms(curve: Sequence[Mapping[str, float]]) -> list[str]:
    """Return what is wrong with a run as its curve tells: names with figures, none where all is well.

    curve: a mapping a step with `reward`, `length` (mean tokens), `entropy` and `truncated` (a share).
    """
    found = []
    now = {name: _mean(curve[-_RECENT:], name) for name in ("reward", "length", "entropy", "truncated")}
    if len(curve) >= 2 * _RECENT:
        before = _mean(curve[-2 * _RECENT : -_RECENT], "reward")
        if now["reward"] - before > _JUMP:
            found.append(f"reward jump: {before:.2f} to {now['reward']:.2f} in {_RECENT} steps; read its completions")
    if len(curve) >= _EARLY + _RECENT:
        began = {name: _mean(curve[:_EARLY], name) for name in ("length", "entropy")}
        if now["length"] < _SHORT * began["length"]:
            found.append(f"length collapse: {began['length']:.0f} to {now['length']:.0f} tokens")
        if now["entropy"] < _CERTAIN * began["entropy"]:
            found.append(f"entropy collapse: {began['entropy']:.3f} to {now['entropy']:.3f}")
    if now["truncated"] > _CUT:
        found.append(f"truncation: {now['truncated']:.0%} of the completions reach the limit; raise it")
    return found


def _mean(curve: Sequence[Mapping[str, float]], name: str) -> float:
    values = [point[name] for point in curve if point.get(name) is not None]
    return sum(values) / len(values) if values else 0.0


def is_rechecked(completion: str, share: float) -> bool:
    """Tell whether a completion is among the share that is graded again, by its digest."""
    found = hashlib.blake2b(completion.encode(), digest_size=4).digest()
    return int.from_bytes(found) < share * 2**32


def second_opinion(row: Mapping[str, Any], answer: str) -> bool | None:
    """Return whether math-verify finds an open answer equal to the gold, None where it cannot say.

    It knows no options and no plain words; only golds that it reads are compared. Its time limit is a signal and
    works in the main thread alone, which is where TRL calls a reward.
    """
    if row["form"] != "open":
        return None
    from math_verify import parse, verify

    gold = parse(f"\\boxed{{{row['answer']}}}")
    found = parse(f"\\boxed{{{answer}}}")
    return bool(verify(gold, found)) if gold and found else None
