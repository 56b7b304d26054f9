"""Forms: which of multiple choice (mcq) and open-ended (open) a row may be asked in; options in an order of chance."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipeline.row import LETTERS
from pipeline.stage import Assets, Stage, keep_all
from stages.options import label_of, letter_of, split_options

# A stem that cannot be asked without its options (Rust's regex, on lower-case text).
NEEDS_OPTIONS = "|".join(
    (
        r"\bfollowing\b.*\?\s*$",  # which of the following ...?
        r"\b(?:which|what|one|none|all|each|any|some|most|two) of "
        r"(?:the following|these|those|the (?:options|choices|statements))",
        r"\bthe following (?:is|are|was|were|would|could|can|statements?|options?|choices?)\b",
        r"^\s*which (?:statement|option|choice|answer|sentence|pair|set|combination|one)\b",
        r"\bexcept\b|\bleast likely\b|\bis (?:not|false|incorrect|untrue)\b\s*[:?.]?\s*$|\bnot (?:true|correct)\b",
        r"^\s*(?:which|what|who)\b[^.?]*\bnot\b[^.?]*\?\s*$",  # which factor is NOT ...?
        r"\b(?:most|more) (?:likely|probably|appropriate|accurate|suitable|effective)(?:ly)?\b",
        r"\b(?:most|more) (?:closely|nearly)\b",
        r"\bbest\b",
        # One of several: what is a common cause of ...?  what could ...?
        r"\b(?:what|which|who) (?:is|was|are|were|would be|could be|might be) (?:an?|one|some)\b",
        r"\b(?:what|which|where|who|how)\b[^.?]*\b(?:could|might|may)\b",
        r"\b(?:above|below|listed|given|these) (?:options?|choices?|statements?|answers?)\b",
        r"\b(?:option|choice|statement)s? [a-j1-9iv]+\b",
        r"\btrue or false\b|\btrue statement\b|\bis (?:true|correct|accurate) (?:of|about|for|regarding|concerning)\b",
    )
)
# A sentence to continue: no question mark, no request, no blank to fill.
_ASKS = (
    r"[?]|^\s*(?:find|compute|calculate|determine|evaluate|name|state|give|solve|simplify|express|identify|what|who|when"
    r"|where|how|let|if|suppose|write|prove|factor|convert|estimate)\b"
)
_CONTINUES = r"(?:[\w,;:)\-]|\.\.\.|…)\s*$"
# An option that speaks of the others keeps all options in their order.
_LETTERS = re.compile(
    r"^(?:[Bb]oth |[Ee]ither |[Nn]either )?\(?[A-J]\)?(?:, \(?[A-J]\)?)*,? (?:and|or|nor|&) \(?[A-J]\)?"
    r"(?: only| are (?:both )?(?:correct|true|right))?\.?$"
    r"|^\(?[A-J]\)? only|^[Oo]nly \(?[A-J]\)?\b"
)
_WORDS_OF_OTHERS = re.compile(
    r"\b(?:all|none|any|neither|both|either|each|one|two|three) (?:of )?(?:the )?above\b"
    r"|\b(?:all|none|any|neither|both|either|each) of (?:the )?"
    r"(?:these|those|others?|following|them|options|choices|answers)\b"
    r"|\b(?:all|none) (?:are )?(?:correct|true|apply)\b|\b(?:above|preceding|previous) (?:options?|choices?|answers?)\b"
    r"|\b(?:options?|choices?|answers?) \(?[A-J]\)?(?:\b|$)",
    re.IGNORECASE,
)
_PICTURE = r"(?:figure|diagram|graph|image|picture|chart|photograph|illustration|drawing|map|sketch)s?"
# The picture is not in the row. "figure of speech", "the area of the figure" and a drawing given as code are.
NEEDS_PICTURE = "|".join(
    (
        r"!\[[^\]]*\]\(",
        r"<img\b|\\includegraphics",
        r"\[(?:figure|image|diagram|picture|graph|chart|table)[^\]]{0,40}\]",
        rf"\b{_PICTURE} (?:is |are )?(?:shown |given |drawn |presented |pictured )?"
        r"(?:above|below|to the (?:right|left)|at (?:the )?(?:right|left))\b",
        rf"\b(?:above|following|accompanying|adjacent|attached) {_PICTURE}\b",
        r"\b(?:shown|illustrated|depicted|pictured|indicated|displayed) "
        rf"(?:here|in the (?:following |attached )?{_PICTURE})\b",
        r"\b(?:according to|based on|refer(?:ring)? to|look(?:ing)? at|use|using|consider|from|in) the "
        r"(?:figure|diagram|image|picture|chart|photograph|illustration|drawing)\b[^.?]{0,60}(?:[,.?]|\bshow)",
        rf"\bthe {_PICTURE} (?:shows|depicts|illustrates|represents|displays|provided|shown)\b",
    )
)
# Words of pictures where none is meant: options to choose from, a figure of speech, numbers, a map between sets.
_NO_PICTURE = "|".join(
    (
        rf"\bof the following {_PICTURE}\b",
        r"\bfigures? of speech\b",
        r"\bfollowing figures (?:are|were) (?:taken|available|given|reported)\b",
        r"\b(?:following|above) maps? (?:\$|\\\(|[a-z] ?:|from )",
    )
)
_DRAWN_IN_CODE = r"\[asy\]|\\begin\{tikzpicture\}"


@dataclass(frozen=True)
class Forms(Stage):
    """Decides the forms of each row and shuffles its options, those found in its text among them.

    The options are sorted, then shuffled by a digest of the key: the order upstream does not count, and over many rows
    every letter is the gold equally often. Where an option speaks of the others, the order stays.

    rules: under `paper` (Nemotron-CrossThink drops neither) a row that needs a picture or whose options repeat stays,
    with a mark.
    """

    rules: Literal["strict", "paper"] = "strict"

    version = 1
    reads = ("key",)
    fills = ("forms",)

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        rows = keep_all(rows)
        rows = _with_options_from_text(rows)
        asked = rows.select("key", "options", "label").iter_rows()
        shuffled = [_shuffled(key, options, label) for key, options, label in asked]
        rows = rows.with_columns(
            options=pl.Series([options for options, _ in shuffled], dtype=pl.List(pl.String)),
            label=pl.Series([label for _, label in shuffled], dtype=pl.Int32),
        )
        stem = pl.col("question").str.to_lowercase()
        is_mcq = pl.col("options").is_not_null()
        num_options = pl.col("options").list.len()
        stands_alone = ~stem.str.contains(f"(?s){NEEDS_OPTIONS}") & ~(
            ~stem.str.contains(_ASKS) & stem.str.contains(_CONTINUES)
        )
        gold = pl.col("answer").str.to_lowercase()
        own_gold = ~gold.str.contains(
            r"\b(?:all|none|both|neither|either|any) of\b|^(?:both|neither|either)\b|\babove\b"
        )
        forms = (
            pl.when(~is_mcq)
            .then(pl.lit(["open"]))
            .when(stands_alone & own_gold.fill_null(False))
            .then(pl.lit(["mcq", "open"]))
            .otherwise(pl.lit(["mcq"]))
        )
        seen = stem.str.replace_all(_NO_PICTURE, "")
        picture = seen.str.contains(f"(?s){NEEDS_PICTURE}") & ~stem.str.contains(_DRAWN_IN_CODE)
        repeats = is_mcq & (pl.col("options").list.n_unique() < num_options)
        no_gold = is_mcq & pl.col("label").is_null()
        drop = (
            pl.when(picture)
            .then(pl.lit("needs a picture"))
            .when(no_gold)
            .then(pl.lit("gold not among options"))
            .when(repeats)
            .then(pl.lit("options repeat"))
            .when(is_mcq & (num_options < 2))
            .then(pl.lit("one option"))
            .when(is_mcq & (num_options > len(LETTERS)))
            .then(pl.lit("more options than letters"))
        )
        evidence = (
            pl.when(picture)
            .then(pl.struct(words=seen.str.extract(f"(?s)({NEEDS_PICTURE})")).struct.json_encode())
            .when(drop.is_not_null())
            .then(pl.struct("options", "label").struct.json_encode())
        )
        if self.rules == "paper":  # what is asked of a picture may lack its gold besides: that is the paper's rule
            ours = (picture | repeats) & ~no_gold
            finding = pl.when(ours).then(pl.struct(finding=drop, why=evidence).struct.json_encode()).otherwise(evidence)
            theirs = pl.when(no_gold).then(pl.lit("gold not among options")).when(~ours).then(drop)
            return rows.with_columns(forms=forms, drop=theirs, evidence=finding)
        return rows.with_columns(forms=forms, drop=drop, evidence=evidence)


# Options that are only found in a text are short; "Town A. has five shops ..., town B. ..." is no list of options.
_LONGEST_OPTION = 200


def _with_options_from_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Take apart rows without options whose gold is a letter and whose question lists what the letters stand for."""
    texts = rows.select("question", "options", "label", "answer").iter_rows()
    found = [_from_text(*text) for text in texts]
    return rows.with_columns(
        pl.DataFrame(
            found,
            schema={"question": pl.String, "options": pl.List(pl.String), "label": pl.Int32, "answer": pl.String},
            orient="row",
        )
    )


def _from_text(
    question: str | None, options: Sequence[str] | None, label: int | None, answer: str | None
) -> tuple[object, ...]:
    letter = letter_of(answer) if options is None else None
    asked = split_options(question or "") if letter else None
    if (
        asked is None
        or max(map(len, asked.options)) > _LONGEST_OPTION
        or (index := label_of(letter, len(asked.options))) is None
    ):
        return question, options, label, answer
    return asked.stem, asked.options, index, asked.options[index]


def _shuffled(key: str, options: Sequence[str] | None, label: int | None) -> tuple[Sequence[str] | None, int | None]:
    if not options or label is None or any(map(speaks_of_others, options)):
        return options, label
    order = sorted(range(len(options)), key=lambda index: options[index])
    _shuffle(order, hashlib.blake2b(key.encode(), digest_size=64).digest())
    return [options[index] for index in order], order.index(label)


def _shuffle(order: list[int], chance: bytes) -> None:
    """Shuffle in place (Fisher and Yates) with two bytes a swap; the bias of the remainder is below 1 in 2,000."""
    for last in range(len(order) - 1, 0, -1):
        start = 2 * (len(order) - 1 - last) % len(chance)
        other = int.from_bytes(chance[start : start + 2], "big") % (last + 1)
        order[last], order[other] = order[other], order[last]


def speaks_of_others(option: str) -> bool:
    """Tell whether an option is about other options: "All of the above", "Both A and C", "A only"."""
    return bool(_WORDS_OF_OTHERS.search(option) or _LETTERS.search(option.strip()))
