"""Licences: what may be passed on, what needs a word, and what a card says of several."""

import pytest

from pipeline.licences import licence_of, needs_consent

NC, UNKNOWN = "not for commercial use", "no known right to pass it on"


@pytest.mark.parametrize(
    ("licence", "why"),
    [
        ("mit", None), ("MIT", None), ("Apache-2.0", None), ("CC BY 4.0", None), ("cc-by-sa-3.0", None),
        ("CC-BY-3.0 / CC-BY (per row)", None),
        ("CC-BY-4.0 (nvidia/Nemotron-CrossThink)", None), ("MIT (one) / Apache-2.0 (two)", None),
        ("cc-by-nc-4.0", NC), ("CC BY-NC-SA 4.0", NC), ("MIT / CC BY-NC 4.0", NC), ("non-commercial use only", NC),
        ("cc-by-nd-4.0", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN), ("unknown", UNKNOWN), ("other", UNKNOWN),
        ("all rights reserved", UNKNOWN), ("(see the paper)", UNKNOWN), ("MIT, or so it seems", UNKNOWN),
    ],
)  # fmt: skip
def test_rows_that_need_a_word_are_told_from_those_that_do_not(licence: str | None, why: str | None) -> None:
    assert needs_consent(licence) == why


@pytest.mark.parametrize(
    ("licences", "card"),
    [
        (["MIT"], {"license": "mit"}),
        (["cc-by-nc-4.0"], {"license": "cc-by-nc-4.0"}),
        (["mit", "apache-2.0"], {"license": "other", "license_name": "several-by-row"}),
        (["mit", "cc-by-nc-4.0"], {"license": "other", "license_name": "several-by-row-non-commercial"}),
        (["mit", "unknown"], {"license": "other", "license_name": "several-by-row-unknown"}),
        (["cc-by-sa-4.0", "CC BY-NC 4.0"],
         {"license": "other", "license_name": "several-by-row-non-commercial-share-alike"}),
    ],
)  # fmt: skip
def test_the_strictest_terms_stand_in_the_name(licences: list[str], card: dict[str, str]) -> None:
    assert licence_of(licences) == card
