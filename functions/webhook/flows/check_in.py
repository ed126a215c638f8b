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
from burnout.store.people import ReadSettings
from burnout.telegram.calls import BotCall
from burnout.telegram.client import FILE_LIMIT_BYTES
from burnout.texts import plural
from functions.webhook import assignment, content
from functions.webhook.deps import Deps, RequestTrace
from functions.webhook.flows import captions, consent
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

_PREVIEWED: Final = frozenset({"heic", "damaged"})  # what infer cannot read, but Telegram made a preview of
_TRUE_OF_BOTH: Final = frozenset({"several_faces", "too_dark"})  # where the small preview is refused, the file would be


class Refusal(Exception):  # noqa: N818  (not an error: a sentence to the person)
    """This photo gets the sentence `key` instead of an answer."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def sent(
    message: Message, person: Person, deps: Deps, trace: RequestTrace, *, group: str | None = None
) -> list[BotCall]:
    """The answer to a photo, or the sentence that says why there is none; nothing for further photos over the limit.

    Of a `group` one is answered: an album, unless another is given. Raises: TransientError to come back.
    """
    if not person.consented:
        waits = is_readable(message)  # the notice replies to it, so the yes brings it back
        screen = consent.notice(person, deps, lead="terms_for_photo" if waits else "terms_lead")
        reply_to = message.message_id if waits else None
        return trace.ends("no_consent", [screen.sent_to(message.chat.id, reply_to=reply_to)])
    if person.limit == "silent":
        return trace.ends("limited", captions.alone(message, person, deps))
    outcome, new, screen = _looked_at(message, person, deps, trace)
    record = Record(
        user_id=person.id,
        update_id=trace.update_id,
        message_id=message.message_id,
        media_group_id=group or message.media_group_id,
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
        return "limited", None, captions.beside(_last_word(person, deps.terms), message, person, deps)
    try:
        with deps.typing(person.id):
            new = _predict(message, person, deps, trace)
    except Refusal as refusal:
        return refusal.key, None, captions.beside(sentence(refusal.key, person.language), message, person, deps)
    return "answered", new, _answer(message, new, person, deps)


def _predict(message: Message, person: Person, deps: Deps, trace: RequestTrace) -> NewCheckIn:
    key = key_of(str(person.photo_folder), trace.update_id)
    shown = assignment.shown_model(person.id, deps.terms.baseline_shown_percent)
    models = assignment.models_run(person.id, shown, deps.terms.baseline_shadow_percent)
    inference, face = _read_or_preview(message, key, models, deps, trace)
    asks_first = assignment.asks_rating_first(person.id, message.message_id)
    rating = captions.rating(message)
    return NewCheckIn(
        observed_at_utc=datetime.fromtimestamp(message.date, UTC),
        shown_model=shown,
        models=face.models,
        versions={name: model.sha256 for name, model in inference.models.items()},
        quality=face.quality,
        view=face.view,
        rating=rating,
        # Where the face is not whole no answer follows, so none is hidden.
        rating_first=rating is None and face.view == "whole" and (asks_first or not face.models[shown].sure),
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
            data = deps.download(file_id)
    except FileTooLargeError:
        raise Refusal("too_large") from None
    with trace.stage("put"):
        deps.put_photo(key, data)
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
    """The file_id to download. Raises: Refusal for a picture that is not the sender's own, or cannot be read."""
    if message.is_forwarded:
        raise Refusal("forwarded")
    return _photo(message) if message.photo else _document(message)


def is_readable(message: Message) -> bool:
    """Whether it is a photo of the sender's own, as far as that shows before it is fetched."""
    if content.kind_of(message) != content.PICTURE:
        return False
    try:
        file_to_read(message)
    except Refusal:
        return False
    return True


def _photo(message: Message) -> str:
    by_size = sorted(message.photo, key=lambda size: (max(size.width, size.height), size.width * size.height))
    enough = [size for size in by_size if max(size.width, size.height) >= ENOUGH_PX]
    return (enough[0] if enough else by_size[-1]).file_id


def _document(message: Message) -> str:
    document = message.document
    assert document is not None  # noqa: S101  (the caller looked; this tells the type checker)
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


def _answer(message: Message, new: NewCheckIn, person: Person, deps: Deps) -> Screen:
    rating, day = new.rating, ""
    if rating is not None and (settings := deps.store(ReadSettings(user_id=person.id))) is not None:
        day = str(new.observed_at_utc.astimezone(settings.zone).date())
    fresh = CheckIn(
        message_id=message.message_id,
        prediction=new.models[new.shown_model],
        agrees=None,
        corrected=None,
        self_rating=rating,
        hidden=new.rating_first,
        view=new.view,
        low_ratings=person.low_ratings + 1,  # read only where this rating is low, and so one of them
        day=day,
    )
    unkept = captions.is_unkept(message)
    in_album = message.media_group_id is not None
    notes = [key for key, holds in (("caption_unkept", unkept), ("answer_album", in_album)) if holds]
    return answer(fresh, person.language, notes=notes)
