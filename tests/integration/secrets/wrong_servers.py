"""Servers on 127.0.0.1 that do with a request what no Bot API should."""

import json
import socket
import socketserver
import threading
from contextlib import contextmanager, suppress

FILE = {"ok": True, "result": {"file_id": "x", "file_unique_id": "y", "file_path": "photos/1.jpg"}}


def answer(status, body, *headers):
    """The bytes of an HTTP response whose head is right."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = (f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(content)}", "Connection: close", "", "")
    return "\r\n".join(lines).encode() + content


class WrongServer(socketserver.ThreadingTCPServer):
    """Sends `reply(request bytes)`; None: silence until the end. getFile is answered rightly if only files fail."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, reply, *, only_files=False):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.reply, self.only_files = reply, only_files
        self.requests, self.over = [], threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """The other side may close the connection."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        request = head + self.rfile.read(length)
        self.server.requests.append(request)
        reply = self.server.reply(request)
        if self.server.only_files and b"/getFile" in head.split(b"\r\n")[0]:
            reply = answer(200, FILE)
        if reply is None:
            self.server.over.wait()
        else:
            self.wfile.write(reply)


@contextmanager
def serving(reply, *, only_files=False):
    """The server, listening."""
    with WrongServer(reply, only_files=only_files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@contextmanager
def nobody_accepts():
    """The address of a port whose queue of connections is full: opening one more takes for ever."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"
        for each in waiting:
            each.close()
