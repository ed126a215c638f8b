"""A registry that takes what `docker push` brings and keeps the names only: OCI's distribution API, as far as a push asks."""

import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

_CHUNK: Final = 1 << 20


class Registry(ThreadingHTTPServer):
    """What was pushed: layers by their digests, images as repository:tag with their manifests' digests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Push)
        self.blobs: set[str] = set()
        self.images: dict[str, str] = {}
        self.immutable = False


class _Push(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Registry

    def do_GET(self) -> None:
        self._answer(200)

    def do_HEAD(self) -> None:
        digest = self.path.rpartition("/")[2]
        self._answer(200 if digest in self.server.blobs else 404, {"Docker-Content-Digest": digest})

    def do_POST(self) -> None:
        self._read()
        self._answer(202, {"Location": f"{self.path}{uuid.uuid4()}", "Docker-Upload-UUID": "1", "Range": "0-0"})

    def do_PATCH(self) -> None:
        self._read()
        self._answer(202, {"Location": self.path, "Range": f"0-{max(0, self.n_bytes - 1)}"})

    def do_PUT(self) -> None:
        body, (path, _, query) = self._read(), self.path.partition("?")
        if "/manifests/" in path:
            repository, _, tag = path.removeprefix("/v2/").partition("/manifests/")
            if self.server.immutable and f"{repository}:{tag}" in self.server.images:
                self._refuse(tag)
                return
            digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
            self.server.images[f"{repository}:{tag}"] = digest
        else:
            digest = query.partition("digest=")[2].replace("%3A", ":")
            self.server.blobs.add(digest)
        self._answer(201, {"Docker-Content-Digest": digest, "Location": path})

    def _read(self) -> bytes:
        """The body's last piece; `n_bytes` is the whole length."""
        self.n_bytes, piece = 0, b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                piece = self._piece(size)
                self.rfile.readline()
            self.rfile.readline()
            return piece
        return self._piece(int(self.headers.get("Content-Length") or 0))

    def _piece(self, left: int) -> bytes:
        body = b""
        while left:
            body = self.rfile.read(min(left, _CHUNK))
            left -= len(body)
            self.n_bytes += len(body)
        return body

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Docker-Distribution-Api-Version": "registry/2.0", "Content-Length": "0", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _refuse(self, tag: str) -> None:
        said = f"The image tag '{tag}' already exists and cannot be overwritten because the tag is immutable."
        body = json.dumps({"errors": [{"code": "TAG_INVALID", "message": said}]}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what failed."""


@contextmanager
def registry() -> Iterator[Registry]:
    """It answers on 127.0.0.1, where Docker needs no certificate."""
    server = Registry()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
