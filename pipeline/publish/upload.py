"""Puts a release on the Hub in one commit, reads that commit back, compares every file: there whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import PublishError
from pipeline.fingerprint import file_digest

# What a release owns in its repository: files of these places that it no longer has are removed in the same commit.
_OWN = ("data/", "rejected/", "unfiltered/", "fill.py")


@dataclass(frozen=True)
class Published:
    """Where a release is. is_new: a commit was made; else the repository held the same files already."""

    repo: str
    commit: str
    is_new: bool
    num_files: int


def token_in_use() -> str:
    """Return the token that the Hub's client would send, or "": to look for it in what is published, never to show."""
    from huggingface_hub import get_token

    return get_token() or ""


def publish(files: Mapping[str, Path], repo: str, *, private: bool, summary: str) -> Published:
    """Commit `files` (name in the repository -> file) and read them back. Raises PublishError.

    A shard that arrived in an earlier attempt is not sent again: the Hub knows it by its digest. The commit names the
    one it follows, so that nothing of anyone else's is overwritten unseen.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi

    api = HfApi()
    with _Told(repo, "nothing was published"):
        api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        info = api.dataset_info(repo)
        if private and not info.private:
            raise PublishError(f"{repo}: is public and --private was asked for; make it private on its page first")
        there = {file.rfilename for file in info.siblings or ()}
        gone = sorted(name for name in there if name.startswith(_OWN) and name not in files)
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(name, str(path)) for name, path in sorted(files.items())),
            *(CommitOperationDelete(name) for name in gone),
        ]
        made = api.create_commit(repo, operations, commit_message=summary, repo_type="dataset", parent_commit=info.sha)
    with _Told(repo, f"the commit {made.oid[:12]} is there and could not be read back"):
        _read_back(files, repo, made.oid)
    return Published(repo, made.oid, made.oid != info.sha, len(files))


def _read_back(files: Mapping[str, Path], repo: str, commit: str) -> None:
    """Fetch every file of the commit, one at a time, into a folder that goes again, and compare digests."""
    from huggingface_hub import hf_hub_download

    for name, path in files.items():
        with tempfile.TemporaryDirectory() as folder:
            fetched = hf_hub_download(repo, name, repo_type="dataset", revision=commit, local_dir=folder)
            if file_digest(Path(fetched)) != file_digest(path):
                raise PublishError(
                    f"{repo}@{commit[:12]}: {name} came back different; delete the commit's files and publish again"
                )


class _Told:
    """Turn what the Hub's client raises into one line without the token: which repository, what happened, what now."""

    def __init__(self, repo: str, state: str) -> None:
        self._repo, self._state = repo, state

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None or isinstance(error, PublishError) or not isinstance(error, Exception):
            return
        from huggingface_hub import errors

        status = getattr(getattr(error, "response", None), "status_code", None)
        if status == 412:
            raise PublishError(
                f"{self._repo}: somebody else committed meanwhile; nothing was published; look at it and run again"
            ) from None
        if status in (401, 403) or isinstance(error, errors.LocalTokenNotFoundError):
            raise PublishError(
                f"{self._repo}: the Hub refuses ({status or 'no token'}); set HF_TOKEN to a token that may write there"
            ) from None
        reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
        for secret in filter(None, (token_in_use(), os.environ.get("HF_TOKEN"))):
            reason = reason.replace(secret, "***")
        # `from None`: the client's own traceback may hold the request with its headers.
        raise PublishError(
            f"{self._repo}: {self._state} ({reason}); run again: what was sent is not sent twice"
        ) from None
