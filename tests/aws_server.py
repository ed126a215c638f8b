"""AWS on this machine: moto's server, over HTTP like the real one."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from local.aws.moto_server import dummy_account


def variables_of(url: str) -> dict[str, str]:
    """What leads a function's clients to this server and nowhere else."""
    return {**dummy_account(), "AWS_ENDPOINT_URL": url}


@contextmanager
def aws_server() -> Iterator[str]:
    """Its URL, as long as the `with` block lasts. Its content is the process's: moto has one state for all."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()
