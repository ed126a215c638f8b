"""What the page may ask for, and what it is answered; HTTP's own checks are the server's."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec

from burnout.errors import StoreUnavailableError
from burnout.store.people import ReadSettings
from burnout.telegram.buttons import LIMIT_BYTES, data_of
from burnout.telegram.client import FILE_LIMIT_BYTES
from burnout.texts import language_of
from functions.app import api, files
from functions.app.door import Launch
from local.telegram.chats import NoAnswerError
from local.telegram.limits import TEXT_MAX
from selfhost import RefusedError
from selfhost.chat.door import Door
from selfhost.chat.telegram import PERSON_ID, PageTelegram
from selfhost.chat.view import View

WAIT_S: Final = 25.0  # for something new
ERASE_S: Final = 30.0
STATIC: Final = Path(__file__).parent / "static"
_JSON_BYTES: Final = 64 << 10
_API: Final = "/app/api"
# The tab's key stands for Telegram's signature. It is later than any agreement, however the machine's clock is set.
_LAUNCH: Final = Launch(PERSON_ID, datetime.max.replace(tzinfo=UTC))
_BINARY: Final = "application/octet-stream"
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What goes out."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes = b""


class _Enter(msgspec.Struct):
    key: str


class _Words(msgspec.Struct):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]
    reply_to: int | None = None


class _Press(msgspec.Struct):
    message: int
    data: Annotated[str, msgspec.Meta(min_length=1, max_length=LIMIT_BYTES)]


BAD, CLOSED, GONE = Answer(400, b'{"error":"bad"}'), Answer(401, b'{"error":"closed"}'), Answer(404)
LATER: Final = Answer(503, b'{"error":"later"}')


class Page:
    """Threads may share it. `is_forgotten` once nothing is kept of anybody: then there is nothing more to answer."""

    def __init__(self, telegram: PageTelegram, app: api.Deps, door: Door, static: Path = STATIC) -> None:
        self._telegram, self._app, self._door = telegram, app, door
        self._view = View(telegram)
        self._files = _built(static)
        self.is_forgotten = False
        self._routes: Final[dict[tuple[str, str], Callable[[Request], Answer]]] = {
            ("POST", "/enter"): self._enter,
            ("GET", "/chat"): self._changes,
            ("POST", "/chat/words"): self._words,
            ("POST", "/chat/press"): self._press,
            ("POST", "/chat/photo"): self._photo,
            ("POST", "/forget"): self._forgotten,
        }

    def refusal(self, request: Request) -> Answer | None:
        """What whoever may not ask this is told; nothing of the body has to be there yet."""
        return None if request.path == "/enter" or self._file(request) or self.is_let_in(request) else CLOSED

    def is_let_in(self, request: Request) -> bool:
        """Whether a tab asks that a key has let in."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and self._door.knows(token)

    def most_bytes(self, path: str) -> int:
        """How long the body may be."""
        return FILE_LIMIT_BYTES if path == "/chat/photo" else _JSON_BYTES

    def answer(self, request: Request) -> Answer:
        """The answer to a request that was not refused."""
        if built := self._file(request):
            return built
        folder, _, name = request.path.rpartition("/")
        if (request.method, folder) == ("GET", "/chat/files"):
            content = self._telegram.content(name)
            return GONE if content is None else Answer(200, content, _BINARY)
        if (request.method, folder) == ("POST", _API):
            answered = api.answer(name, request.body, _LAUNCH, self._app)
            return Answer(answered.status, answered.body)
        route = self._routes.get((request.method, request.path))
        try:
            return route(request) if route else GONE
        except (msgspec.MsgspecError, ValueError):
            return BAD

    def _file(self, request: Request) -> Answer | None:
        if request.method != "GET":
            return None
        app = files.static(request.path)
        return Answer(200, app.content, app.kind) if app else self._files.get(request.path)

    def _enter(self, request: Request) -> Answer:
        token = self._door.enter(_read(request, _Enter).key)
        if token is None:
            return CLOSED
        code = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
        self._telegram.speak(code)
        return _json({"token": token, "language": language_of(code)} | self._language())

    def _changes(self, request: Request) -> Answer:
        news = self._view.since(int(request.query.get("after", "0")), WAIT_S)
        return _json(news | self._language())

    def _language(self) -> dict[str, str]:
        """That somebody has chosen who is known; nothing while the store is out."""
        with suppress(StoreUnavailableError):
            if stands := self._app.store(ReadSettings(user_id=PERSON_ID)):
                return {"language": stands.language}
        return {}

    def _words(self, request: Request) -> Answer:
        words = _read(request, _Words)
        self._telegram.write(words.text, words.reply_to)
        return Answer()

    def _press(self, request: Request) -> Answer:
        press = _read(request, _Press)
        return Answer() if self._telegram.press(press.message, press.data) else GONE

    def _photo(self, request: Request) -> Answer:
        self._telegram.send_photo(request.body, request.query.get("name", "photo"))
        return Answer()

    def _forgotten(self, _request: Request) -> Answer:
        try:
            self._telegram.press_below_nothing(data_of("erase"), ERASE_S)
        except NoAnswerError:
            return LATER
        self.is_forgotten = True
        return Answer()


def _built(static: Path) -> dict[str, Answer]:
    """The page's files by their paths. Raises: RefusedError."""
    built = {
        f"/{path.relative_to(static).as_posix()}": Answer(200, path.read_bytes(), files.KINDS.get(path.suffix, _BINARY))
        for path in static.rglob("*")
        if path.is_file()
    }
    if "/chat.html" not in built:
        raise RefusedError(f"the page is not built: {static} has no chat.html")
    return {**built, "/": built["/chat.html"]}


def _read(request: Request, kind: type[T]) -> T:
    return msgspec.json.decode(request.body, type=kind)


def _json(content: Any) -> Answer:
    return Answer(200, msgspec.json.encode(content))
