"""The photo's path: choose → download → S3 → infer → record → answer. Every photo ends in one stored answer.

A refusal (no face, too dark, forwarded …) is stored like an answer: its repetition says the same, and the rest of its
album stays silent.
"""

import math
from datetime import UTC, datetime
from typing import Final

from burnout.errors import (
    FileTooLargeError,
    FunctionCrashedError,
    FunctionUnavailableError,
    OutOfTimeError,
    OvertakenError,
    PhotoStorageError,
    TelegramRejectedError,
)
from burnout.inference import Face, Inference, InferFailure
from burnout.photos import key_of
from burnout.store.check_ins import CheckIn, NewCheckIn, Record
from burnout.telegram.calls import BotCall
from burnout.telegram.client import FILE_LIMIT_BYTES
from burnout.texts import plural
from burnout.values import Language
from functions.webhook import assignment
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.flows import consent
from functions.webhook.flows.answer import answer
from functions.webhook.person import Person, Terms
from functions.webhook.screens import Screen, sentence
from functions.webhook.updates import Message

OVERTAKEN_RETRY_S: Final = 2  # the faster run answers meanwhile; if its response is lost, ours comes back for it
ENOUGH_PX: Final = 800  # long side: more pixels cost time and change no answer (docs/decisions/0003)
# Below these the model only guesses, so the face is refused; measured, docs/decisions/0003.
DARKEST: Final = 0.06  # mean gray, [0, 1], of the face, or of the photo in which none was found
BLURRIEST_FACE: Final = 30.0  # variance of the Laplacian at 48 px
# A companion's face is about as large as one's own; passers-by and pictures on a wall are smaller.
COMPANION_SIDE: Final = 0.5  # of the largest face's side

# What a file is called only decides whether it is worth a look; infer goes by its bytes.
_UNTYPED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})  # iPhones, "send as file"
_PICTURE_NAMES: Final = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif", ".avif")
_PREVIEWED: Final = frozenset({"heic", "damaged"})  # what infer cannot read, but Telegram made a preview of
_TRUE_OF_BOTH: Final = frozenset({"several_faces", "too_dark"})  # where the small preview is refused, the file would be


class Refusal(Exception):  # noqa: N818  (not an error: a sentence to the person)
    """This photo gets the sentence `key` instead of an answer."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def sent(message: Message, person: Person, deps: Deps, trace: RequestTrace) -> list[BotCall]:
    """The answer to a photo, or the sentence that says why there is none; nothing for further photos over the limit.

    Raises: TransientError to come back.
    """
    if not person.consented:
        sent_photo = bool(message.photo or message.document)
        screen = consent.notice(person, deps, unread="consent_first" if sent_photo else "")
        return trace.ends("no_consent", [screen.sent_to(message.chat.id)])
    if person.limit == "silent":
        return trace.ends("limited", [])
    outcome, new, screen = _looked_at(message, person, deps, trace)
    record = Record(
        user_id=person.id,
        update_id=trace.update_id,
        message_id=message.message_id,
        media_group_id=message.media_group_id,
        outcome="answered" if new else "refused",
        answer=(screen.sent_to(message.chat.id),),
        check_in=new,
        photo=deps.terms.photo,
        photo_folder=person.photo_folder,
    )
    with trace.stage("record"):
        recorded = deps.store(record)
    # Another run was faster, the person was erased, or other photos took the last place: the update begins anew.
    if not recorded.first:
        raise OvertakenError("recorded by another run", retry_after_s=OVERTAKEN_RETRY_S)
    return trace.ends(outcome if recorded.answer else "nobodys", list(recorded.answer))


def _last_word(person: Person, terms: Terms) -> Screen:
    """What the first photo over a limit is told, with when to come back.

    It is recorded like any refusal and counts like one: so the next photo finds that it was said, and hears nothing.
    """
    most = terms.photos_per_day if person.limit == "day" else terms.photos_per_hour
    return sentence(f"limited_{person.limit}", person.language, photos=plural("photos", person.language, most))


def _looked_at(
    message: Message, person: Person, deps: Deps, trace: RequestTrace
) -> tuple[str, NewCheckIn | None, Screen]:
    """The outcome, what the models said, and the sentence for the person."""
    if person.limit is not None:
        return "limited", None, _last_word(person, deps.terms)
    try:
        new = _predict(message, person, deps, trace)
    except Refusal as refusal:
        return refusal.key, None, sentence(refusal.key, person.language)
    return "answered", new, _answer(message, new, person.language)


def _predict(message: Message, person: Person, deps: Deps, trace: RequestTrace) -> NewCheckIn:
    key = key_of(str(person.photo_folder), trace.update_id)
    shown = assignment.shown_model(person.id, deps.terms.baseline_shown_percent)
    models = assignment.models_run(person.id, shown, deps.terms.baseline_shadow_percent)
    inference, face = _read_or_preview(message, key, models, deps, trace)
    asks_first = assignment.asks_rating_first(person.id, message.message_id)
    return NewCheckIn(
        observed_at_utc=datetime.fromtimestamp(message.date, UTC),
        shown_model=shown,
        models=face.models,
        versions={name: model.sha256 for name, model in inference.models.items()},
        quality=face.quality,
        view=face.view,
        # Where the face is not whole no answer follows, so none is hidden.
        rating_first=face.view == "whole" and (asks_first or not face.models[shown].sure),
    )


def _read_or_preview(
    message: Message, key: str, models: tuple[str, ...], deps: Deps, trace: RequestTrace
) -> tuple[Inference, Face]:
    preview = message.document.thumbnail if message.document else None
    try:
        return _read(file_to_read(message), key, models, deps, trace)
    except Refusal as refusal:
        if preview is None or refusal.key not in _PREVIEWED:
            raise
        try:
            return _read(preview.file_id, key, models, deps, trace)
        except Refusal as told:
            raise (told if told.key in _TRUE_OF_BOTH else refusal) from None
        except (OutOfTimeError, TelegramRejectedError):  # the file took the time, and would again; no such preview
            raise refusal from None


def _read(file_id: str, key: str, models: tuple[str, ...], deps: Deps, trace: RequestTrace) -> tuple[Inference, Face]:
    try:
        with trace.stage("download"):
            content = deps.download(file_id)
    except FileTooLargeError:
        raise Refusal("too_large") from None
    with trace.stage("put"):
        deps.put_photo(key, content)
    with trace.stage("infer"):
        inference = _infer(key, models, deps)
    return inference, the_face(inference)


def _infer(key: str, models: tuple[str, ...], deps: Deps) -> Inference:
    try:
        answer = deps.infer(key, models)
    except FunctionCrashedError as crash:
        if crash.error_type == PhotoStorageError.__name__:  # S3 failed inside infer: the photo is not to blame
            raise FunctionUnavailableError("infer could not read S3") from crash
        raise
    if not isinstance(answer, InferFailure):
        return answer
    if answer.code == "no_such_photo":  # the person was erased meanwhile, or S3 lags: the next attempt puts it again
        raise FunctionUnavailableError("infer found no photo")
    raise Refusal(answer.code)


def file_to_read(message: Message) -> str:
    """The file_id to download. Raises: Refusal for everything that is no photo of the sender's own."""
    if message.is_forwarded:
        raise Refusal("forwarded")
    if message.photo:
        return _photo(message)
    if message.animation is not None:  # before documents: Telegram sends a GIF as both
        raise Refusal("animation")
    if message.document is not None:
        return _document(message)
    for key, content in (("video", message.video), ("video", message.video_note), ("sticker", message.sticker)):
        if content is not None:
            raise Refusal(key)
    if message.voice is not None or message.audio is not None:
        raise Refusal("voice")
    raise Refusal("other_message")


def _photo(message: Message) -> str:
    by_size = sorted(message.photo, key=lambda size: (max(size.width, size.height), size.width * size.height))
    enough = [size for size in by_size if max(size.width, size.height) >= ENOUGH_PX]
    return (enough[0] if enough else by_size[-1]).file_id


def _document(message: Message) -> str:
    document = message.document
    assert document is not None  # noqa: S101  (the caller looked; this tells the type checker)
    kind, name = ((said or "").lower() for said in (document.mime_type, document.file_name))
    if kind == "image/gif":
        raise Refusal("animation")
    if not (name.endswith(_PICTURE_NAMES) or kind in _UNTYPED or kind.startswith("image/")):
        raise Refusal("video" if kind.startswith("video/") else "other_file")
    if (document.file_size or 0) > FILE_LIMIT_BYTES:
        raise Refusal("too_large")
    return document.file_id


def the_face(inference: Inference) -> Face:
    """The one face that a selfie shows. Raises: Refusal when there is none, several, or none that can be read."""
    if not inference.faces:
        raise Refusal("too_dark" if inference.image.brightness < DARKEST else "no_face")
    largest, *others = inference.faces
    if any(_side(other) >= COMPANION_SIDE * _side(largest) for other in others):
        raise Refusal("several_faces")
    if largest.quality.brightness < DARKEST:
        raise Refusal("too_dark")
    if largest.quality.sharpness < BLURRIEST_FACE:
        raise Refusal("too_blurred")
    return largest


def _side(face: Face) -> float:
    _, _, width_px, height_px = face.box_px
    return math.sqrt(width_px * height_px)


def _answer(message: Message, new: NewCheckIn, language: Language) -> Screen:
    fresh = CheckIn(
        message_id=message.message_id,
        prediction=new.models[new.shown_model],
        agrees=None,
        corrected=None,
        self_rating=None,
        hidden=new.rating_first,
        view=new.view,
    )
    return answer(fresh, language, album=message.media_group_id is not None)
