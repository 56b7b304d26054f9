"""Licences of rows: which may be passed on as they are, which need a consent, and what binds the whole blend."""

import re
from collections.abc import Iterable

NON_COMMERCIAL = r"(?i)(^|[^a-z])nc([^a-z]|$)|non-?commercial"
UNKNOWN = ("", "unknown", "other")
# May be passed on by anyone, with the source named where the licence asks for it. What is not listed needs a consent.
_OPEN = re.compile(
    r"(mit|apache-2\.0|isc|unlicense|wtfpl|pddl|odbl|odc-by|cc0-1\.0|cc-by(-sa)?(-\d\.\d)?|bsd(-[234]-clause)?"
    r"|cdla-(permissive|sharing)-\d\.\d|(a|l)?gpl-[23]\.0|public-domain)"
)
# Those of them that the Hub knows by that name; another one goes by `other` and its name.
_ON_THE_HUB = re.compile(r"(mit|apache-2\.0|isc|unlicense|wtfpl|pddl|odbl|odc-by|cc0-1\.0|cc-by(-sa|-nc)*-4\.0|bsd)")


def named_in(licence: str | None) -> list[str]:
    """Return the licences that a row's text names, as the Hub spells them; notes in brackets are no licence.

    "CC BY-NC 4.0" -> ["cc-by-nc-4.0"], "MIT (one) / Apache-2.0 (other)" -> ["mit", "apache-2.0"], None -> ["unknown"]
    """
    parts = re.split(r"[/,;]|\band\b", re.sub(r"\([^()]*\)", " ", licence or ""))
    names = [re.sub(r"[\s_-]+", "-", part.strip().lower()) for part in parts]
    return [name for name in names if name] or ["unknown"]


def needs_consent(licence: str | None) -> str | None:
    """Return why rows of a licence may not be passed on without a stated consent, or None where they may."""
    names = named_in(licence)
    if any(re.search(NON_COMMERCIAL, name) for name in names):
        return "not for commercial use"
    return None if all(_OPEN.fullmatch(name) for name in names) else "no known right to pass it on"


def licence_of(licences: Iterable[str]) -> dict[str, str]:
    """Return what a card says of the licence of rows that have these: the one there is, or that they are several.

    What binds one row binds whoever takes the whole, so the name says the strictest term among them.
    """
    names = sorted({name for licence in licences for name in named_in(licence)})
    if len(names) == 1 and _ON_THE_HUB.fullmatch(names[0]):
        return {"license": names[0]}
    terms = [
        term
        for term, found in (
            ("non-commercial", any(re.search(NON_COMMERCIAL, name) for name in names)),
            ("share-alike", any(re.search(r"-sa(-|$)", name) for name in names)),
            ("unknown", any(needs_consent(name) == "no known right to pass it on" for name in names)),
        )
        if found
    ]
    return {"license": "other", "license_name": "-".join(["several-by-row", *terms])}
