"""Trees for tests: plain shares, and hypothesis's strategies of any tree of shares with rows for its leaves."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from stages.mixing.counts import Tree, resolve
from stages.mixing.tree import read_shares

HALF = {"a": 0.5, "b": 0.5}
PAPER = {"a": 0.169466, "b": 0.327467, "c": 0.169734, "d": 0.148651, "e": 0.170178, "f": 0.014504}
SHARES = [HALF, {"a": 1.0}, {"a": 0.75, "b": 0.25}, {"a": 0.2, "b": 0.3, "c": 0.5}, {"a": 0.02, "b": 0.15, "c": 0.83},
          {"a": 0.15, "b": 0.02, "c": 0.29, "d": 0.33, "e": 0.21}, {"a": 0.6, "b": 0.4, "c": 0.0}, PAPER]  # fmt: skip


def tree_of(shares: Any, counts: Mapping[str, int] | None = None) -> Tree:
    return resolve(read_shares(shares, ()), counts or {})


@st.composite
def any_shares(draw: st.DrawFn, num: int) -> list[str]:
    """Return `num` shares that sum to 1, written as fractions; some may be 0."""
    parts = draw(st.lists(st.integers(0, 40), min_size=num, max_size=num).filter(any))
    return [f"{part}/{sum(parts)}" for part in parts]


@st.composite
def any_tree(draw: st.DrawFn) -> dict[str, Any]:
    """Return the `shares` of a recipe: sources by themselves, or in categories, some of which have a rule."""

    def sources(names: list[str]) -> dict[str, Any]:
        kind = draw(st.sampled_from(["parts", "equal", "proportional", "temperature", "capped", "sizes"]))
        if kind == "parts":
            return {"by": "source", "parts": dict(zip(names, draw(any_shares(len(names))), strict=True))}
        given = {
            "temperature": {"temperature": 2},
            "capped": {"capped": 5},
            "sizes": {"sizes": dict.fromkeys(names, 7)},
        }
        return {"by": "source", "rule": given.get(kind, kind)}

    if draw(st.booleans()):
        names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
        return dict(zip(names, draw(any_shares(len(names))), strict=True))
    shares = draw(any_shares(2))
    general, mathematics = sources(["a", "b", "c"]), sources(["d", "e"])
    return {
        "by": "category",
        "parts": {"gpr": {"share": shares[0], **general}, "mr": {"share": shares[1], **mathematics}},
    }


SOURCES = {"a": "gpr", "b": "gpr", "c": "gpr", "d": "mr", "e": "mr"}


def ideals(tree: Tree, size: int) -> dict[str, Fraction]:
    return {leaf.name: tree.share(leaf) * size for leaf in tree.leaves()}
