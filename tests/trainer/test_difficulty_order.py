"""The order of rows: each once an epoch, on ratio in every prefix, what teaches first, and the same after a restart."""

from collections import Counter

from trainer.order import GroupSampler, epoch_order, weight

SOURCES = ["a", "a", "b"] * 100
KEYS = [f"k{nr}" for nr in range(300)]


def test_each_row_comes_once_and_the_sources_keep_their_turns() -> None:
    order = epoch_order(KEYS, SOURCES, {}, seed=1, epoch=0)
    assert sorted(order) == list(range(300))
    assert [SOURCES[nr] for nr in order] == SOURCES


def test_seed_and_epoch_make_another_order_and_nothing_else_does() -> None:
    first = epoch_order(KEYS, SOURCES, {}, seed=1, epoch=0)
    assert first == epoch_order(KEYS, SOURCES, {}, seed=1, epoch=0)
    assert first != epoch_order(KEYS, SOURCES, {}, seed=2, epoch=0)
    assert first != epoch_order(KEYS, SOURCES, {}, seed=1, epoch=1)


def test_rows_that_are_solved_sometimes_come_first() -> None:
    rates = {key: (4, 8) if nr % 3 == 0 else (64, 64) for nr, key in enumerate(KEYS)}
    order = epoch_order(KEYS, ["a"] * 300, rates, seed=1, epoch=1)
    early = Counter("some" if nr % 3 == 0 else "all" for nr in order[:100])
    assert early["some"] > 80  # of the hundred that there are; by chance 33


def test_a_row_that_was_never_tried_weighs_as_one_solved_half_of_the_time() -> None:
    assert weight(None) == weight((4, 8)) == 0.25
    assert round(weight((8, 8)), 9) == round(weight((0, 8)), 9) == 0.09


def test_the_sampler_repeats_groups_and_batches_and_drops_what_fills_none() -> None:
    sampler = GroupSampler(5, lambda epoch: [4, 3, 2, 1, 0], prompts=2, rollouts=2, repeats=2)
    assert list(sampler) == [4, 4, 3, 3, 4, 4, 3, 3, 2, 2, 1, 1, 2, 2, 1, 1]
    assert len(sampler) == len(list(sampler))


def test_the_sampler_takes_the_order_of_the_epoch_it_is_told() -> None:
    sampler = GroupSampler(2, lambda epoch: [epoch, epoch + 1], prompts=2, rollouts=1, repeats=1)
    sampler.set_epoch(3)
    assert list(sampler) == [3, 4]
