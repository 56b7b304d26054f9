"""How many rows each leaf of a blend gives: its share of the size, and the policy where rows are short."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pipeline.errors import ShortageError
from stages.mixing.counts import Node, Tree, largest_feasible, whole_counts

Shortage = Literal["fail", "shrink", "redistribute", "repeat"]


def grant(
    tree: Tree, eligible: Mapping[str, int], room: Mapping[str, int], size: int, shortage: Shortage
) -> dict[str, int]:
    """Return leaf -> rows. room: the rows that each leaf may give, more than its `eligible` where rows repeat.

    Raises ShortageError where the policy says that a shortage is an error.
    """
    feasible = largest_feasible(tree, room, size)
    if size == feasible or shortage == "shrink":
        return whole_counts(tree, feasible)
    wanted = whole_counts(tree, size)
    short = {leaf: count for leaf, count in wanted.items() if count > room.get(leaf, 0)}
    said = ", ".join(_lacking(leaf, count, eligible.get(leaf, 0), room.get(leaf, 0)) for leaf, count in short.items())
    mend = f"the largest size at these shares is {feasible:,}"
    if shortage == "redistribute":
        there = _room_of(tree.root, room)
        if there < size:
            raise ShortageError(f"mix.size: {size:,} rows wanted, {there:,} there are ({said}); {mend}", *short)
        filled: dict[str, int] = dict.fromkeys(wanted, 0)
        _fill(tree.root, size, room, filled)
        return filled
    if shortage == "repeat":
        raise ShortageError(f"mix.max_epochs: too few: {said}; raise it, or {mend}", *short)
    raise ShortageError(f"mix.size: {size:,} rows cannot be had: {said}; {mend}; or set 'shortage'", *short)


def _lacking(leaf: str, wanted: int, eligible: int, room: int) -> str:
    """Say how many rows a leaf has of those wanted, and how many more would do: each may be taken as often as these."""
    times = room // eligible if eligible else 1
    return f"{leaf} has {eligible:,} of {wanted:,}, {-(-(wanted - room) // times):,} more would do"


def _room_of(node: Node, room: Mapping[str, int]) -> int:
    """Return how many rows a node may give; one without a share gives none."""
    if not node.part:
        return 0
    return sum(_room_of(child, room) for child in node.inside) if node.inside else room.get(node.name, 0)


def _fill(node: Node, count: int, room: Mapping[str, int], filled: dict[str, int]) -> None:
    """Give a node `count` rows: what a child lacks goes to its siblings by their shares before it leaves the group."""
    if not node.inside:
        filled[node.name] = count
        return
    fixed: dict[str, int] = {}
    while True:
        free = [child for child in node.inside if child.part and child.name not in fixed]
        counts = _remainders([child.part for child in free], count - sum(fixed.values()))
        given = dict(zip((child.name for child in free), counts, strict=True))
        short = {child.name: _room_of(child, room) for child in free if given[child.name] > _room_of(child, room)}
        if not short:
            break
        fixed.update(short)
    for child in node.inside:
        if child.part:
            _fill(child, fixed.get(child.name, given.get(child.name, 0)), room, filled)


def _remainders(parts: Sequence[int], count: int) -> list[int]:
    if not parts:
        return []
    tree = Tree(Node("", sum(parts), tuple(Node(str(nr), part) for nr, part in enumerate(parts))), sum(parts))
    return list(whole_counts(tree, count).values())
