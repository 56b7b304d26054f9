"""Cut texts into hashed tokens, so that two spellings of one question become the same numbers."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match.letters import MARGIN
from pipeline.match.lexicon import Hashes, mixed
from pipeline.match.undress import undressed

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """Tokens of many texts, one after another, without those that mean nothing.

    `"Find 1/2 of the dogs"` -> hashes of `find 1 / 2 of the dogs`; stems of `find 1 / 2 of the dog`.
    """

    hashes: Hashes  # one a token
    stems: Hashes  # of the word without its ending, or of the word that stands for it
    kinds: npt.NDArray[np.uint8]  # STOPPED .. OPPOSITE
    offsets: Places  # the tokens of text nr are offsets[nr] to offsets[nr + 1]

    def only(self, wanted: npt.NDArray[np.bool_]) -> "Tokens":
        """Return the tokens that are `wanted`."""
        kept = np.flatnonzero(wanted)
        return Tokens(self.hashes[kept], self.stems[kept], self.kinds[kept], np.searchsorted(kept, self.offsets))


def tokenized(text: pl.Series) -> Tokens:
    """Return the tokens of `text`; nulls have none."""
    from pipeline.match.scan import cut_texts

    return Tokens(*cut_texts(*text_bytes(text)))


def text_bytes(text: pl.Series) -> tuple[npt.NDArray[np.uint8], Places]:
    """Return the bytes of texts in one spelling, one after another, and where each begins, with the end of the last.

    Before the first text and behind the last there are newlines, so that whoever reads may look a little further.
    """
    array = undressed(text).rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offset_buffer, texts = array.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
    begin, end = offsets[0], offsets[-1]
    data = np.full(MARGIN + end - begin + MARGIN, ord("\n"), np.uint8)
    data[MARGIN:-MARGIN] = np.frombuffer(texts or b"", np.uint8)[begin:end]
    return data, offsets - begin + MARGIN


@cache
def _factors(salt: int, num_doublings: int) -> Hashes:
    """Return 256 * 2**num_doublings odd numbers that look random; the first are the same for every length."""
    places = np.arange(256 << num_doublings, dtype=np.uint64)
    return mixed(places + np.uint64(salt << 32)) | np.uint64(1)


def ordered_hashes(hashes: Hashes, offsets: Places, *, salts: tuple[int, ...]) -> list[Hashes]:
    """Return, for each of `salts`, one hash a text of its tokens in their order; 0 for a text without tokens.

    Multilinear: the sum of each token times the factor of its place, so two texts agree by chance once in 2**63.
    """
    sizes = np.diff(offsets)
    nth = np.arange(len(hashes)) - np.repeat(offsets[:-1], sizes)
    longest = int(sizes.max(initial=1))
    num_doublings = max(0, (longest - 1).bit_length() - 8)
    return [summed(hashes * _factors(salt, num_doublings).take(nth), offsets) for salt in salts]


def summed(values: Hashes, offsets: Places) -> Hashes:
    """Return the sum of `values` from each offset to the next, modulo 2**64; 0 where there are none."""
    totals = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    sums: Hashes = totals[offsets[1:]] - totals[offsets[:-1]]
    return sums
