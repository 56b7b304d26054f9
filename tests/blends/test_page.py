"""report.html: one file that fetches nothing and says what the counts say."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from pipeline.funnel import make_funnel
from pipeline.page import make_page


class Words(HTMLParser):
    """Collects the text of a page, and what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_fetches_nothing(sample_blend: Path) -> None:
    page = (sample_blend / "report.html").read_text()
    assert Words(page).fetched == []
    assert not re.search(r"@import|url\(|<script", page)


def test_page_says_shares_funnel_letters_self_test_licences_sources_and_how_to_rebuild(sample_blend: Path) -> None:
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    facts = json.loads((sample_blend / "report.json").read_text())
    text = Words((sample_blend / "report.html").read_text()).text
    assert f"{manifest['rows']['train']:,}" in text and manifest["rows_digest"] in text
    for share in facts["shares"]:
        assert f"{share['share']:.4f}" in text
    funnel = make_funnel(manifest["steps"], manifest["recipe"]["sources"])
    for stage in funnel.stages:
        for reason, num in funnel.total(stage).reasons.items():
            assert f"{reason} {num:,}" in text, reason
    for one in facts["contamination"]["self_test"]:
        assert one["kind"] in text
    for step in (step for step in manifest["steps"] if step["step"] == "ingest"):
        assert step["parameters"]["files"][0][1] in text, "the digest of a source"
    assert "cc-by-nc-4.0" in text and "needs your consent: not for commercial use" in text
    assert sum(facts["prompt_lengths"].values()) == manifest["rows"]["train"]
    assert "crossthink build --from manifest.json" in text


def test_what_a_recipe_says_cannot_become_markup(sample_blend: Path) -> None:
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    facts = json.loads((sample_blend / "report.json").read_text())
    manifest["recipe"]["about"] = "<img src=x> about"
    page = make_page(manifest, facts, make_funnel(manifest["steps"], manifest["recipe"]["sources"]))
    assert Words(page).fetched == [] and "<img src=x> about" in Words(page).text
