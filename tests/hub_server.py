"""A small Hub on loopback: dataset repositories with commits and gates, for the real huggingface_hub client.

It serves what is there, and takes what is published: create, preupload, LFS objects, one commit; and it can fail.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_test"


@dataclass
class Repo:
    """A dataset repository.

    commits: commit -> name -> content, the last one is `main`. cut: the first download breaks off half-way.
    """

    commits: dict[str, dict[str, bytes]]
    gated: bool = False
    cut: bool = False
    private: bool = False

    @property
    def main(self) -> str:
        return list(self.commits)[-1]


@dataclass
class Faults:
    """What goes wrong, so many times each, when something is published."""

    uploads: int = 0  # a shard is half read, then 500
    commits_cut: int = 0  # the connection ends before the commit is made
    intruders: int = 0  # somebody else commits while the shards are uploaded
    spoilt: int = 0  # a shard arrives and is kept with its last byte changed


@dataclass
class Hub:
    """The repositories of a server, and what it was asked: (method, path, Range header)."""

    repos: dict[str, Repo]
    endpoint: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)  # LFS: SHA-256 -> content
    faults: Faults = field(default_factory=Faults)

    def environment(self, home: Path, *, token: str = "") -> dict[str, str]:
        """Return what the client must find in its environment before it is imported."""
        return {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(home),
            "HF_TOKEN": token,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def uploads(self) -> list[str]:
        """Return the digests of the shards that were sent, in order."""
        return [path.rsplit("/", 1)[1] for method, path, _ in self.asked if method == "PUT"]

    def downloads(self) -> list[str]:
        """Return the paths of the files that were sent, in order."""
        return [path for method, path, _ in self.asked if method == "GET" and "/resolve/" in path]


@contextmanager
def hub(repos: dict[str, Repo]) -> Iterator[Hub]:
    """Serve repositories until the block ends."""
    served = Hub(repos)

    class Handler(_Handler):
        hub = served

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((self.command, path, self.headers.get("Range") or ""))
        if path == "/api/whoami-v2":
            self._json({"type": "user", "name": "me", "orgs": [], "auth": {"accessToken": {"role": "write"}}})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/(revision|tree)/([^/]+)(?:/(.+))?)?/?", path):
            self._api(*found.groups())
        elif found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._file(*found.groups())
        else:
            self._fault(404, "no such route", "EntryNotFound")

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((self.command, path, ""))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._fault(401, "Invalid username or password.", "RepoNotFound")
        elif path == "/api/repos/create":
            self._create(json.loads(body))
        elif path == "/api/validate-yaml":
            self._json({"warnings": [], "errors": []})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/paths-info/([^/]+)", path):
            self._paths(found[1], found[2], body)
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/preupload/([^/]+)", path):
            self._preupload(found[1], json.loads(body))
        elif re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            self._batch(json.loads(body))
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/commit/main", path):
            self._commit_files(found[1], [json.loads(line) for line in body.splitlines()])
        else:
            self._fault(404, "no such route", "EntryNotFound")

    def do_PUT(self) -> None:
        """Take one LFS object, checked against its name as the Hub's storage does."""
        self.hub.asked.append((self.command, self.path, ""))
        digest, size = self.path.rsplit("/", 1)[1], int(self.headers["Content-Length"])
        if self.hub.faults.uploads:
            self.hub.faults.uploads -= 1
            self.rfile.read(size // 2)
            self._send(500, b"", {})
            self.close_connection = True
            return
        content = self.rfile.read(size)
        if hashlib.sha256(content).hexdigest() != digest:
            self._send(400, b"", {})
            return
        if self.hub.faults.spoilt:
            self.hub.faults.spoilt -= 1
            content = content[:-1] + bytes([content[-1] ^ 1])
        self.hub.objects[digest] = content
        self._send(200, b"", {})

    def _create(self, asked: dict[str, str]) -> None:
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        url = f"{self.hub.endpoint}/datasets/{name}"
        if name in self.hub.repos:
            self._send(409, json.dumps({"error": "You already created this dataset repo", "url": url}).encode(), {})
            return
        private = asked.get("visibility") == "private" or bool(asked.get("private"))
        first = {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}
        self.hub.repos[name] = Repo({hashlib.sha1(name.encode()).hexdigest(): first}, private=private)
        self._json({"url": url, "name": name, "id": "1"})

    def _preupload(self, name: str, asked: dict[str, list[dict[str, str]]]) -> None:
        if (repo := self._repo(name)) is None:
            return
        there = repo.commits[repo.main]
        files = []
        for path in (file["path"] for file in asked["files"]):
            lfs = path.endswith(".parquet")
            known = _oid(there[path], lfs=lfs) if path in there else None
            mode = "lfs" if lfs else "regular"
            files.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": known})
        self._json({"files": files})

    def _batch(self, asked: dict[str, list[dict[str, str]]]) -> None:
        """Say for each object where to put it; an object that is there needs no second upload."""
        objects = []
        for one in asked["objects"]:
            known = one["oid"] in self.hub.objects
            href = f"{self.hub.endpoint}/lfs/{one['oid']}"
            actions = {} if known else {"actions": {"upload": {"href": href, "header": {}}}}
            objects.append({"oid": one["oid"], "size": one["size"], "authenticated": True} | actions)
        self._json({"transfer": "basic", "objects": objects}, "application/vnd.git-lfs+json")

    def _commit_files(self, name: str, lines: list[dict[str, dict[str, str]]]) -> None:
        if (repo := self._repo(name)) is None:
            return
        faults = self.hub.faults
        if faults.commits_cut:
            faults.commits_cut -= 1
            self.close_connection = True
            return
        if faults.intruders:
            faults.intruders -= 1
            repo.commits["e" * 40] = repo.commits[repo.main] | {"theirs.txt": b"theirs"}
        parent = next(line["value"].get("parentCommit") for line in lines if line["key"] == "header")
        if parent not in (None, repo.main):
            self._fault(412, "A commit has happened since. Please refresh and try again.", "")
            return
        files = dict(repo.commits[repo.main])
        for kind, value in ((line["key"], line["value"]) for line in lines):
            if kind == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif kind == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif kind == "deletedFile":
                del files[value["path"]]
        tree = b"".join(path.encode() + content for path, content in sorted(files.items()))
        commit = hashlib.sha1(repo.main.encode() + tree).hexdigest()
        repo.commits[commit] = files
        url = f"{self.hub.endpoint}/datasets/{name}/commit/{commit}"
        self._json({"success": True, "commitOid": commit, "commitUrl": url, "hookOutput": ""})

    def _paths(self, name: str, revision: str, body: bytes) -> None:
        if (repo := self._repo(name)) is None or (commit := self._commit(repo, revision)) is None:
            return
        asked = json.loads(body)["paths"] if body[:1] == b"{" else parse_qs(body.decode()).get("paths", [])
        files = repo.commits[commit]
        found = [_entry(path, files[path]) for path in asked if path in files]
        folders = [path for path in asked if any(name.startswith(f"{path.rstrip('/')}/") for name in files)]
        self._json(found + [_folder(path) for path in folders])

    def _repo(self, name: str) -> Repo | None:
        repo = self.hub.repos.get(name)
        if repo is not None and repo.private and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            repo = None
        if repo is None:  # as the Hub does: a stranger is not told whether it is private or not there
            self._fault(401, "Invalid username or password.", "RepoNotFound")
        return repo

    def _commit(self, repo: Repo, revision: str) -> str | None:
        commit = repo.main if revision == "main" else revision
        if commit not in repo.commits:
            self._fault(404, f"Invalid rev id: {revision}", "RevisionNotFound")
            return None
        return commit

    def _api(self, name: str, what: str | None, revision: str | None, below: str | None) -> None:
        if (repo := self._repo(name)) is None or (commit := self._commit(repo, revision or "main")) is None:
            return
        files = repo.commits[commit]
        if what == "tree":
            found = _listing(files, f"{below}/" if below else "", deep="recursive=true" in self.path.lower())
            if below and not found:
                self._fault(404, "Entry not found", "EntryNotFound")
            else:
                self._json(found)
        else:
            siblings = [{"rfilename": path} for path in sorted(files)]
            told = {"private": repo.private, "gated": repo.gated, "tags": [], "siblings": siblings}
            self._json({"id": name, "sha": commit, **told})

    def _file(self, name: str, revision: str, path: str) -> None:
        if (repo := self._repo(name)) is None or (commit := self._commit(repo, revision)) is None:
            return
        if repo.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._fault(401, f"Access to dataset {name} is restricted.", "GatedRepo")
            return
        content = repo.commits[commit].get(path)
        if content is None:
            self._fault(404, "Entry not found", "EntryNotFound")
            return
        digest = hashlib.sha256(content).hexdigest()
        head = {"X-Repo-Commit": commit, "ETag": f'"{digest}"', "X-Linked-Etag": f'"{digest}"',
                "X-Linked-Size": str(len(content)), "Accept-Ranges": "bytes"}  # fmt: skip
        begin = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if begin:
            start, end = int(begin[1]), int(begin[2] or len(content) - 1)
            head["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
            self._send(206, content[start : end + 1], head)
        elif repo.cut and self.command == "GET":
            repo.cut = False
            self._send(200, content[: len(content) // 2], head | {"Content-Length": str(len(content))})
            self.close_connection = True
        else:
            self._send(200, content, head)

    def _json(self, value: object, kind: str = "application/json") -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": kind})

    def _fault(self, status: int, message: str, code: str) -> None:
        self._send(status, json.dumps({"error": message}).encode(), {"X-Error-Code": code, "X-Error-Message": message})

    def _send(self, status: int, body: bytes, head: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | head).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _oid(content: bytes, *, lfs: bool) -> str:
    """Return what the Hub knows a file by: the SHA-256 of an LFS object, else git's own digest."""
    return (
        hashlib.sha256(content).hexdigest() if lfs else hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    )


def _listing(files: dict[str, bytes], below: str, *, deep: bool) -> list[dict[str, object]]:
    """Return the files below a folder, all of them or, as a listing of one folder does, its own and its folders."""
    inside = [path for path in sorted(files) if path.startswith(below)]
    here = [path for path in inside if deep or "/" not in path.removeprefix(below)]
    folders = {below + path.removeprefix(below).split("/")[0] for path in inside if path not in here}
    return [_entry(path, files[path]) for path in here] + [_folder(path) for path in sorted(folders)]


def _folder(path: str) -> dict[str, object]:
    return {"type": "directory", "path": path, "size": 0, "oid": "0" * 40}


def _entry(path: str, content: bytes) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    return {"type": "file", "path": path, "size": len(content), "oid": digest[:40],
            "lfs": {"oid": digest, "size": len(content), "pointerSize": 134}}  # fmt: skip
