"""croissant.json says what the files hold, and is valid to the validator of its makers where that is installed."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.card import Release
from pipeline.croissant import make_croissant


@pytest.fixture(scope="module")
def described(sample_blend: Path) -> dict[str, Any]:
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    facts = json.loads((sample_blend / "report.json").read_text())
    return make_croissant(manifest, facts, Release("me/x", {"cc-by-nc-4.0": 122}, unfiltered=True))


def test_every_column_is_a_field_and_every_configuration_a_set_of_files(
    described: dict[str, Any], sample_blend: Path
) -> None:
    columns = pl.read_parquet_schema(next((sample_blend / "data").glob("train-*.parquet"))).names()
    for records in described["recordSet"]:
        assert [field["name"] for field in records["field"]] == columns
    sets = {one["@id"]: one.get("includes") for one in described["distribution"]}
    assert set(sets) == {"repo", "train", "validation", "rejected", "unfiltered"}


def test_the_responsible_terms_are_filled_from_the_figures(described: dict[str, Any]) -> None:
    terms = {name: value for name, value in described.items() if name.startswith("rai:")}
    assert len(terms) >= 9 and all(terms.values())
    assert "The text of 122 rows is withheld for their licence." in terms["rai:dataLimitations"]
    assert "decontaminate" in str(terms["rai:dataPreprocessingProtocol"])


def test_mlcroissant_finds_no_error(described: dict[str, Any], tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="brings scipy and pandas, so it is no dependency")
    path = tmp_path / "croissant.json"
    path.write_text(json.dumps(described))
    metadata = mlcroissant.Dataset(jsonld=str(path)).metadata  # raises ValidationError for an error
    assert {one.name for one in metadata.record_sets} == {"train_rows", "validation_rows"}
