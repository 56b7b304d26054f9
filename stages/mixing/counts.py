"""Whole counts for a tree of shares: leaves and groups within one row of the ideal; the largest feasible size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from stages.mixing.tree import SEPARATOR, Group


@dataclass(frozen=True)
class Node:
    """A group or leaf of a resolved tree. part: its share of the output, in units of the tree's `whole`."""

    name: str
    part: int
    inside: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Tree:
    """The shares of a blend when its rows are known. whole: what the parts of all leaves sum to."""

    root: Node
    whole: int

    def leaves(self) -> list[Node]:
        """Return the leaves in the order of the recipe."""
        return list(_leaves(self.root))

    def share(self, leaf: Node) -> Fraction:
        return Fraction(leaf.part, self.whole)


def _leaves(node: Node) -> Iterator[Node]:
    if not node.inside:
        yield node
    for child in node.inside:
        yield from _leaves(child)


@dataclass(frozen=True)
class _Shared:
    """A node whose share is still a fraction."""

    name: str
    share: Fraction
    inside: tuple["_Shared", ...] = ()

    def denominator(self) -> int:
        return lcm(self.share.denominator, *(child.denominator() for child in self.inside))

    def in_units(self, whole: int) -> Node:
        return Node(self.name, int(self.share * whole), tuple(child.in_units(whole) for child in self.inside))


def resolve(group: Group, counts: Mapping[str, int]) -> Tree:
    """Return the tree of a recipe's shares. counts: leaf -> rows there are, which the rules need."""
    root = _Shared("", Fraction(1), _shared(group, counts, "", Fraction(1)))
    whole = root.denominator()
    return Tree(root.in_units(whole), whole)


def _shared(group: Group, counts: Mapping[str, int], name: str, share: Fraction) -> tuple[_Shared, ...]:
    """Return the nodes of a group; `name` and `share` are its own."""
    prefix = f"{name}{SEPARATOR}" if name else ""
    if group.rule is not None:
        there = {leaf.removeprefix(prefix): count for leaf, count in counts.items() if leaf.startswith(prefix)}
        weights = group.rule.weights(there)
        total = sum(weights.values(), Fraction(0))
        return tuple(_Shared(prefix + value, share * weight / total) for value, weight in weights.items())
    nodes = []
    for value, part in group.parts.items():
        below, own = prefix + value, share * part.share
        nodes.append(_Shared(below, own, _shared(part.inside, counts, below, own) if part.inside else ()))
    return tuple(nodes)


def whole_counts(tree: Tree, size: int) -> dict[str, int]:
    """Return leaf -> rows, `size` in all, each leaf and each group within one row of its ideal.

    Largest remainders from the root down: a group's count is its ideal rounded down or up, so what is left for its
    children to round up is never more than the children that have a remainder. Ties go to the first named.
    """
    counts: dict[str, int] = {}
    _deal(tree.root, size, size, tree.whole, counts)
    return counts


def _deal(node: Node, count: int, size: int, whole: int, counts: dict[str, int]) -> None:
    if not node.inside:
        counts[node.name] = count
        return
    ideals = [divmod(child.part * size, whole) for child in node.inside]
    given = [floor for floor, _ in ideals]
    by_remainder = sorted(range(len(ideals)), key=lambda nr: -ideals[nr][1])
    for nr in by_remainder[: count - sum(given)]:
        given[nr] += 1
    for child, rows in zip(node.inside, given, strict=True):
        _deal(child, rows, size, whole, counts)


def largest_feasible(tree: Tree, room: Mapping[str, int], most: int | None = None) -> int:
    """Return the largest size, at most `most`, at which no leaf must give more than its `room`.

    A smaller size is not always feasible too: with one row more, largest remainders may take a row from a leaf.
    """
    bounds = [((room.get(leaf.name, 0) + 1) * tree.whole - 1) // leaf.part for leaf in tree.leaves() if leaf.part]
    size = min(bounds) if most is None else min(*bounds, most)
    while size and any(count > room.get(leaf, 0) for leaf, count in whole_counts(tree, size).items()):
        size -= 1
    return size
