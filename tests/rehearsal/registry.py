"""A registry that takes what `docker push` brings and keeps names: OCI's distribution API, as far as a push asks."""

import hashlib
import json
import uuid
from urllib.parse import urlsplit

from local.http_server import HttpServer, Response


class Registry:
    """What was pushed: layers by their digests, images as repository:tag. On 127.0.0.1 Docker needs no certificate.

    In a repository that is immutable a tag that is there is refused, even for the same image: so does ECR.
    """

    def __init__(self, is_immutable):
        self.is_immutable = is_immutable
        self.layers, self.images = set(), {}
        self.server = HttpServer(self._answer)
        self.server._server.app = self.server._serve  # Docker can present no secret path
        self.address = urlsplit(self.server.url).netloc

    def _answer(self, request):
        path, name = request.path, request.path.rpartition("/")[2]
        match request.method:
            case "HEAD":
                return _said(200 if name in self.layers else 404, digest=name)
            case "POST":
                return _said(202, Location=f"{path}{uuid.uuid4()}", Range="0-0")
            case "PATCH":
                return _said(202, Location=path, Range=f"0-{max(0, len(request.body) - 1)}")
            case "PUT" if "/manifests/" in path:
                return self._image(*path.removeprefix("/v2/").split("/manifests/"), request.body)
            case "PUT":
                digest = request.query.partition("digest=")[2].replace("%3A", ":")
                self.layers.add(digest)
                return _said(201, digest=digest)
        return _said(200)  # GET /v2/: is it a registry?

    def _image(self, repository, tag, manifest):
        name = f"{repository}:{tag}"
        if name in self.images and self.is_immutable(repository):
            why = f"The image tag '{tag}' already exists and cannot be overwritten because the tag is immutable."
            error = json.dumps({"errors": [{"code": "TAG_INVALID", "message": why}]})
            return Response(400, error.encode(), {"Content-Type": "application/json"})
        self.images[name] = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
        return _said(201, digest=self.images[name])


def _said(status, digest="", **headers):
    named = {"Docker-Content-Digest": digest} if digest else {}
    return Response(status, b"", {"Docker-Distribution-Api-Version": "registry/2.0", **named, **headers})
