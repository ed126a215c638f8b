"""The answer to a photo, and what the person says about it: 👍 or 👎, which emotion it was, their own rating."""

from functools import partial
from typing import Final

from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.store.check_ins import CheckIn, GiveFeedback, Rate, Reveal
from burnout.telegram.buttons import data_of
from burnout.telegram.calls import Button
from burnout.texts import percent, text
from burnout.values import Language
from functions.webhook.flow import Context, Flow, Press
from functions.webhook.screens import Reply, Screen, button, choice, marked, stale

# Calibrated probabilities of the side that is named; near the threshold none is (`Prediction.sure`).
_MOST_SHOWN: Final = 0.99  # no more than this is shown: a model cannot be 100 % sure of a face
_LEAST_SHOWN: Final = 0.005  # less would be shown as 0 %
_CERTAINTY: Final = ((0.85, "certainty_high"), (0.65, "certainty_middle"), (0.0, "certainty_low"))


def answer(check_in: CheckIn, language: Language, *, album: bool = False, correcting: bool = False) -> Screen:
    """The answer to a photo, with what the person has said about it marked on the buttons.

    A hidden answer is not in it: its buttons ask for the rating first.
    """
    sure = check_in.prediction.sure
    if check_in.view != "whole":
        return _rating_only(check_in, language, album=album)
    if check_in.hidden:
        return rating_first(check_in.message_id, language, sure=sure, album=album)
    lines = [*_expression(check_in.prediction, language), text("answer_caution", language)]
    if album:
        lines.append(text("answer_album", language))
    if correcting:
        lines.append(f"<b>{text('which_emotion' if sure else 'which_emotion_unsure', language)}</b>")
    keyboard = [_verdict(check_in, language), *(_corrections(check_in, language) if correcting else ())]
    keyboard.append(_ratings(check_in.message_id, check_in.self_rating))
    return Screen("\n\n".join(lines), keyboard)


def _rating_only(check_in: CheckIn, language: Language, *, album: bool) -> Screen:
    """Why this photo says nothing, and the question for the person's own rating, before and after it was given.

    The models learnt from whole faces: what they say of another one is not shown, and there is nothing to agree with.
    """
    lines = [text(f"rating_{check_in.view}", language), *([text("answer_album", language)] if album else [])]
    remove = button("button_remove", language, "bin", check_in.message_id, "answer")
    return Screen("\n\n".join(lines), [_ratings(check_in.message_id, check_in.self_rating), [remove]])


def rating_first(message_id: int, language: Language, *, sure: bool, album: bool = False) -> Screen:
    """The question for the person's own rating, before a word about the answer, or because the photo gave none."""
    asked = text("rating_first" if sure else "rating_unsure", language)
    lines = [asked, *([text("answer_album", language)] if album else [])]
    reveal = button("button_show_answer" if sure else "button_show_seen", language, "show", message_id)
    remove = button("button_remove", language, "bin", message_id, "question" if sure else "unsure")
    return Screen("\n\n".join(lines), [_ratings(message_id, None), [reveal, remove]])


def _expression(prediction: Prediction, language: Language) -> list[str]:
    side = _side(prediction, language) if prediction.sure else text("answer_unsure", language)
    return [side, text("answer_details", language, emotions=_strongest(prediction, language))]


def _side(prediction: Prediction, language: Language) -> str:
    negative = prediction.label == "negative"
    probability = prediction.negative if negative else 1 - prediction.negative
    certainty = next(key for least, key in _CERTAINTY if probability >= least)
    return text(
        f"answer_{prediction.label}",
        language,
        icon="🌧" if negative else "🌤",
        certainty=text(certainty, language),
        share=_shown_share(probability, language),
    )


def _strongest(prediction: Prediction, language: Language) -> str:
    """The two strongest emotions, or the strongest where the second is too weak to show."""
    strongest = sorted(prediction.emotions.items(), key=lambda item: -item[1])[:2]
    shown = [(emotion, share) for emotion, share in strongest if share > _LEAST_SHOWN]
    return ", ".join(f"{_name(emotion, language)} ({_shown_share(share, language)})" for emotion, share in shown)


def _shown_share(share: float, language: Language) -> str:
    return percent(min(share, _MOST_SHOWN), language)


def _name(emotion: Emotion, language: Language) -> str:
    return text(f"emotion_{emotion}", language)


def _verdict(check_in: CheckIn, language: Language) -> list[Button]:
    """👍 and 👎 for a side that was named; where no side was named, there is an emotion to choose only."""
    number = check_in.message_id
    remove = button("button_remove", language, "bin", number, "answer")
    if not check_in.prediction.sure:
        word = check_in.corrected
        label = text("button_which_emotion", language) if word is None else marked(_name(word, language), True)
        return [(label, data_of("name", number)), remove]
    agrees = choice("👍", check_in.agrees is True, "up", number)
    return [agrees, choice("👎", check_in.agrees is False, "down", number), remove]


def _ratings(message_id: int, stands: int | None) -> list[Button]:
    return [choice(str(rating), stands == rating, "rate", message_id, rating) for rating in range(1, 6)]


def _corrections(check_in: CheckIn, language: Language) -> list[list[Button]]:
    stands, number = check_in.corrected, check_in.message_id
    buttons = [choice(_name(emotion, language), emotion is stands, "is", number, emotion) for emotion in Emotion]
    return [buttons[:3], buttons[3:5], buttons[5:]]


def _stands(operation: GiveFeedback | Rate | Reveal, check_in: CheckIn) -> bool:
    """Whether what was pressed stands now, and no newer press."""
    if isinstance(operation, Rate):
        return check_in.self_rating == operation.rating
    if isinstance(operation, GiveFeedback):
        return (check_in.agrees, check_in.corrected) == (operation.agrees, operation.corrected)
    return True


def _about(
    context: Context, operation: GiveFeedback | Rate | Reveal, notice: str = "", *, correcting: bool = False
) -> Reply:
    check_in = context.deps.store(operation)
    if check_in is None:  # another person's, an erased one, or a number that never existed
        return stale(context.language)
    if not _stands(operation, check_in):
        return Reply(answer(check_in, context.language))
    return Reply(answer(check_in, context.language, correcting=correcting), notice)


def _agrees(context: Context, message_id: int) -> Reply:
    feedback = GiveFeedback(user_id=context.person.id, message_id=message_id, agrees=True)
    return _about(context, feedback, text("noted_agrees", context.language))


def _disagrees(context: Context, message_id: int) -> Reply:
    feedback = GiveFeedback(user_id=context.person.id, message_id=message_id, agrees=False)
    return _about(context, feedback, correcting=True)


def _corrects(context: Context, message_id: int, emotion: Emotion) -> Reply:
    feedback = GiveFeedback(user_id=context.person.id, message_id=message_id, agrees=False, corrected=emotion)
    word = _name(emotion, context.language)
    return _about(context, feedback, text("noted_corrected", context.language, emotion=word))


def _asks_emotion(context: Context, message_id: int) -> Reply:
    return _about(context, Reveal(user_id=context.person.id, message_id=message_id), correcting=True)


def _rates(context: Context, message_id: int, rating: int) -> Reply:
    rate = Rate(user_id=context.person.id, message_id=message_id, rating=rating)
    return _about(context, rate, text("noted_rating", context.language, rating=rating))


def _shows(context: Context, message_id: int) -> Reply:
    return _about(context, Reveal(user_id=context.person.id, message_id=message_id))


def _asks_again(context: Context, message_id: int, *, sure: bool) -> Reply:
    return Reply(rating_first(message_id, context.language, sure=sure), outcome="remove")


FLOW = Flow(
    buttons=(
        Press("up", _agrees),
        Press("down", _disagrees),
        Press("is", _corrects),
        Press("name", _asks_emotion),
        Press("rate", _rates),
        Press("show", _shows, older=True, stranger=True),  # their own, whatever they agreed to
        Press("back", partial(_asks_again, sure=True), older=True),
        Press("unsure", partial(_asks_again, sure=False), older=True),
    ),
)
