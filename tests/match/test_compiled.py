"""Machine code that is kept: all of it is made by the set-up, and none outlives the sources that it was made of."""

from pathlib import Path

from pipeline.match import compile_all, covering, features, pairs, reading, scan, sketching
from pipeline.match.compiled import _forget_old_code


def test_the_set_up_compiles_all_that_a_build_calls() -> None:
    compile_all.main()
    called = [scan.cut_texts, sketching.ordered_hashes, sketching.sketch_texts, reading.words_of_texts]
    called += [pairs.hopeful, pairs.read_pairs, covering.read_places, covering.alike_lists]
    called += [features.item_features, features.row_hits, features.places_of]
    assert [kernel.__name__ for kernel in called if not kernel.signatures] == []


def test_code_is_kept_until_any_source_changes(tmp_path: Path) -> None:
    source, code = tmp_path / "a.py", tmp_path / "__pycache__" / "b.kernel.nbi"
    source.write_text("LIMIT = 1\n")
    code.parent.mkdir()
    code.write_bytes(b"old")
    _forget_old_code(tmp_path)
    assert not code.exists()  # nobody knows what it was made of
    code.write_bytes(b"new")
    _forget_old_code(tmp_path)
    assert code.exists()
    source.write_text("LIMIT = 20\n")
    _forget_old_code(tmp_path)
    assert not code.exists()
