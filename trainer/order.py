"""The order of the training rows: each epoch shuffled within its sources, rows that are solved sometimes first."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

Rates = Mapping[str, tuple[int, int]]  # row key -> successes, attempts


def epoch_order(keys: Sequence[str], sources: Sequence[str], rates: Rates, *, seed: int, epoch: int) -> list[int]:
    """Return the rows of an epoch as indices, each once; the sources follow each other as they do in the blend.

    So every prefix keeps the blend's shares, whatever is drawn. Within a source the draw is without replacement, each
    row weighted by how much a group of it is expected to teach (`weight`); without rates all weigh the same. It depends
    on seed, epoch, keys and rates alone.

    Weighted draw by keys u ** (1 / weight) (Efraimidis and Spirakis, Inf. Process. Lett. 97, 2006).
    """
    ranked: dict[str, list[tuple[float, str, int]]] = defaultdict(list)
    for nr, (key, source) in enumerate(zip(keys, sources, strict=True)):
        chance = _chance(seed, epoch, key, nr)
        ranked[source].append((chance ** (1.0 / weight(rates.get(key))), key, nr))
    turns = {source: iter(sorted(rows, reverse=True)) for source, rows in ranked.items()}
    return [next(turns[source])[2] for source in sources]


def weight(rate: tuple[int, int] | None) -> float:
    """Return p (1 - p), the variance of the reward, of the pass rate p smoothed by one success and one failure.

    (0, 0) or None -> 0.25;  (4, 8) -> 0.25;  (8, 8) -> 0.09;  (0, 8) -> 0.09
    """
    successes, attempts = rate or (0, 0)
    rate_ = (successes + 1) / (attempts + 2)
    return rate_ * (1.0 - rate_)


def _chance(seed: int, epoch: int, key: str, nr: int) -> float:
    """Return a number in (0, 1) by the digest of what it is for."""
    found = hashlib.blake2b(f"{seed}/{epoch}/{key}/{nr}".encode(), digest_size=8).digest()
    return (int.from_bytes(found) + 1) / (2**64 + 2)


class GroupSampler:
    """Yields row numbers as TRL's trainer wants them: each prompt `rollouts` times, each batch `repeats` times.

    order: epoch -> its rows. The trainer says which epoch it is by `set_epoch`, after a restart too; rows that fill no
    whole batch of prompts are left for the next epoch's order.
    """

    def __init__(
        self, num_rows: int, order: Callable[[int], Sequence[int]], *, prompts: int, rollouts: int, repeats: int
    ) -> None:
        self._order, self._prompts, self._rollouts, self._repeats = order, prompts, rollouts, repeats
        self._num_batches = num_rows // prompts
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return self._num_batches * self._prompts * self._rollouts * self._repeats

    def __iter__(self) -> Iterator[int]:
        rows = self._order(self._epoch)
        for batch in range(self._num_batches):
            chosen = rows[batch * self._prompts : (batch + 1) * self._prompts]
            for _ in range(self._repeats):
                for row in chosen:
                    yield from [row] * self._rollouts
