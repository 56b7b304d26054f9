"""What `crossthink publish` does: checks, licences, secrets, then one commit with card and manifest, read back."""

import copy
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from blends.build import find_blend
from blends.screen import out, table
from pipeline.artefact import Artefact
from pipeline.card import Release, make_card
from pipeline.croissant import make_croissant
from pipeline.errors import PublishError
from pipeline.files import read_json, write_json, write_text
from pipeline.funnel import make_funnel
from pipeline.licences import needs_consent
from pipeline.publish.checks import check_blend
from pipeline.publish.secrets import find_secrets
from pipeline.publish.unfiltered import write_unfiltered
from pipeline.publish.upload import publish, token_in_use
from pipeline.publish.withhold import FILL, withhold


@dataclass(frozen=True)
class Consent:
    """What whoever publishes has said: rows under licences that need it may go out whole; a sample may go out."""

    licence: bool = False
    sample: bool = False


def publish_blend(
    blend: str, repo: str, sources: str, data: Path, limit: int, *,
    consent: Consent, private: bool, dry_run: bool, unfiltered: bool,
) -> None:  # fmt: skip
    """Check a built blend and publish it. Raises PublishError, with nothing published, for what may not go out."""
    if repo.count("/") != 1 or not all(repo.split("/")):
        raise PublishError(f"--repo {repo}: not a repository of the Hub; write ORG/NAME")
    artefact, manifest = find_blend(blend, sources, data, limit)
    if "source_map" not in manifest:
        raise PublishError(f"{artefact.path}: built by an earlier crossthink; build it again, its steps are done")
    if manifest["source_map"] == "sample" and not consent.sample:
        raise PublishError(
            f"{artefact.path}: built from the sample, which is not to train on; build with --sources hub or FILE, "
            "or say --sample-anyway"
        )
    checks = []
    for check in check_blend(artefact.path, manifest, artefact.facts):
        out.print(f"{'ok' if check.passed else 'FAILED':<7} {check.said}", markup=False)
        if not check.passed:
            raise PublishError(f"{artefact.path}: not published: {check.said}")
        checks.append(check.said)
    staged = data / "releases" / repo.replace("/", "--")
    shutil.rmtree(staged, ignore_errors=True)
    files = _stage(artefact, manifest, data, staged, repo, checks, consent=consent, unfiltered=unfiltered)
    found = next(find_secrets(sorted(files.items()), token_in_use()), None)
    if found:
        raise PublishError(f"{repo}: not published: {found}; take it out of the source, revoke it, and build again")
    out.print("ok      nothing looks like a token or a private key")
    _say_files(files)
    if dry_run:
        out.print(f"\ndry run: nothing was sent; what differs from {artefact.path} lies in {staged}")
        return
    done = publish(files, repo, private=private, summary=_summary(manifest))
    said = "published in one commit" if done.is_new else "held the same files already"
    out.print(f"\n{repo}@{done.commit}: {said}; {done.num_files} files read back, every digest the same")
    out.print(f'  datasets.load_dataset("{repo}", revision="{done.commit}")', markup=False)
    out.print(f"  crossthink build --from {repo}@{done.commit}")


def _stage(
    artefact: Artefact, manifest: dict[str, Any], data: Path, staged: Path, repo: str, checks: list[str],
    *, consent: Consent, unfiltered: bool,
) -> dict[str, Path]:  # fmt: skip
    """Return the files of the release by name; what is not in the artefact as it is is written below `staged`."""
    files = {shard["file"]: artefact.path / shard["file"] for shard in manifest["shards"]}
    if unfiltered:
        files |= {one["file"]: staged / one["file"] for one in write_unfiltered(artefact.path, manifest, data, staged)}
    withheld = _withheld(files, consent)
    published = copy.deepcopy(manifest)
    published["built_with"] = (read_json(artefact.path / "log.json") or {}).get("versions", {})
    if withheld:
        shards = [withhold(path, name, withheld, staged) for name, path in sorted(files.items())]
        files |= {shard["file"]: staged / shard["file"] for shard in shards}
        published["withheld"] = {"licences": withheld, "shards": shards}
        write_text(staged / "fill.py", FILL)
    card = Release(repo, withheld, unfiltered=unfiltered, checks=tuple(checks))
    funnel = make_funnel(manifest["steps"], manifest["recipe"]["sources"])
    write_text(staged / "README.md", make_card(manifest, artefact.facts, funnel, card))
    write_json(staged / "manifest.json", published)
    write_json(staged / "croissant.json", make_croissant(manifest, artefact.facts, card))
    own = ["README.md", "manifest.json", "croissant.json", *(["fill.py"] if withheld else [])]
    files |= {name: artefact.path / name for name in ("report.html", "report.json")}
    return files | {name: staged / name for name in own}


def _withheld(files: Mapping[str, Path], consent: Consent) -> dict[str, int]:
    """Return the licences that need a consent which was not given, with the rows of `data/` under each; say both."""
    counted: Counter[str] = Counter()
    for name, path in files.items():
        found = pl.read_parquet(path, columns=["licence"], glob=False).get_column("licence").fill_null("unknown")
        in_blend = name.startswith("data/")
        counted.update({licence: num if in_blend else 0 for licence, num in Counter(found).items()})
    bound = {name: num for name, num in sorted(counted.items()) if needs_consent(name)}
    for name, num in bound.items():
        done = "published, on your word" if consent.licence else "their text is withheld; --accept-licence publishes it"
        out.print(f"note    {num:,} rows of the blend under {name} ({needs_consent(name)}): {done}", markup=False)
    return {} if consent.licence else bound


def _say_files(files: Mapping[str, Path]) -> None:
    made = table("place", "files", "MB")
    places = sorted({name.rpartition("/")[0] for name in files})
    for place in places:
        inside = [path for name, path in files.items() if name.rpartition("/")[0] == place]
        size_mb = sum(path.stat().st_size for path in inside) / 1e6
        made.add_row(
            f"{place}/" if place else ", ".join(n for n in sorted(files) if "/" not in n),
            f"{len(inside)}",
            f"{size_mb:.2f}",
        )
    out.print(made)


def _summary(manifest: Mapping[str, Any]) -> str:
    rows = manifest["rows"]
    return f"{manifest['blend']}: {rows['train']:,} training and {rows['validation']:,} validation rows"
