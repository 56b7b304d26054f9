"""Files of a dataset repository on the Hub, at one commit: only those needed, cached, resumed; never another commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError
from pipeline.files import read_json, write_json
from pipeline.step import RawFile


@dataclass(frozen=True)
class HubFiles:
    """Files of dataset repositories, each at a commit: (repo, patterns, commit)."""

    parts: tuple[tuple[str, tuple[str, ...], str], ...]

    def identity(self) -> Any:
        return [[repo, list(patterns), commit] for repo, patterns, commit in self.parts]

    def locate(self) -> tuple[RawFile, ...]:
        from huggingface_hub import HfApi, hf_hub_download

        found = []
        for repo, patterns, commit in self.parts:
            with _HubFaults(repo, commit):
                names = sorted(HfApi().list_repo_files(repo, repo_type="dataset", revision=commit))
                wanted = [name for pattern in patterns for name in names if fnmatch(name, pattern)]
                if not wanted:
                    raise SourceError(f"{repo}@{commit[:12]}: no file matches {', '.join(patterns)}; has {names[:8]}")
                for name in wanted:
                    path = hf_hub_download(repo, name, repo_type="dataset", revision=commit)
                    found.append(RawFile(Path(path), f"hf://datasets/{repo}@{commit}/{name}", commit))
        return tuple(found)


def resolve_revisions(parts: Sequence[tuple[str, tuple[str, ...], str | None]], lock: Path) -> HubFiles:
    """Return the files, each repository at a commit: the pinned one, the one in `lock`, or today's, then locked."""
    locked: dict[str, str] = read_json(lock) or {}
    resolved = []
    for repo, patterns, commit in parts:
        known = commit or locked.get(repo)
        if known is None:
            from huggingface_hub import HfApi

            with _HubFaults(repo, "main"):
                known = HfApi().dataset_info(repo).sha
            if known is None:
                raise SourceError(f"{repo}: the Hub names no commit; pin one in the catalogue")
            locked[repo] = known
            write_json(lock, dict(sorted(locked.items())))
        resolved.append((repo, patterns, known))
    return HubFiles(tuple(resolved))


def fetch(repo: str, revision: str, name: str) -> Path:
    """Return one file of a dataset repository, fetched where it is not cached. Raises SourceError."""
    from huggingface_hub import errors, hf_hub_download

    with _HubFaults(repo, revision):
        try:
            return Path(hf_hub_download(repo, name, repo_type="dataset", revision=revision))
        except errors.RemoteEntryNotFoundError as error:
            raise SourceError(f"{repo}@{revision[:12]}: has no {name}; was it published by crossthink?") from error


class _HubFaults:
    """Turn what the Hub's client raises into one line: which repository, what happened, what to do."""

    def __init__(self, repo: str, revision: str) -> None:
        self._what = f"hf://datasets/{repo}@{revision[:12]}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None or isinstance(error, SourceError) or not isinstance(error, Exception):
            return
        from huggingface_hub import errors

        if isinstance(error, errors.GatedRepoError):
            mend = "accept its terms on its page, then set HF_TOKEN or run `hf auth login`"
            raise SourceError(f"{self._what}: gated; {mend}") from error
        if isinstance(error, errors.RepositoryNotFoundError):
            mend = "not there, or private without a token: set HF_TOKEN or run `hf auth login`"
            raise SourceError(f"{self._what}: {mend}") from error
        if isinstance(error, errors.RevisionNotFoundError):
            raise SourceError(
                f"{self._what}: no such revision; correct the catalogue or delete hub.lock.json"
            ) from error
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise SourceError(
            f"{self._what}: cannot be reached ({reason}); run again when it can, or use --sources sample or FILE"
        ) from error
