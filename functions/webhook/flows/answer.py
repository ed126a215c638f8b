"""The answer to a photo, and what the person says about it: 👍 or 👎, which emotion it was, their own rating."""

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.store.check_ins import CheckIn, GiveFeedback, Rate, Reveal
from burnout.telegram.buttons import Action, data_of
from burnout.telegram.calls import Button
from burnout.texts import percent, text
from burnout.values import Language
from functions.webhook import warm
from functions.webhook.flow import Context, Flow, Press
from functions.webhook.flows import support
from functions.webhook.screens import Reply, Screen, button, choice, marked, stale

Opened = Literal["emotions", "ratings"]
# Calibrated probabilities of the side that is named; near the threshold none is (`Prediction.sure`).
_MOST_SHOWN: Final = 0.99  # no more than this is shown: a model cannot be 100 % sure of a face
_LEAST_SHOWN: Final = 0.005  # less would be shown as 0 %
_MIDDLE_RATING: Final = 3
_CERTAINTY: Final = ((0.85, "certainty_high"), (0.65, "certainty_middle"), (0.0, "certainty_low"))


def answer(check_in: CheckIn, language: Language, *, notes: Sequence[str] = (), opened: Opened | None = None) -> Screen:
    """The answer to a photo, with what the person has said about it marked on the buttons.

    A hidden answer is not in it: its buttons ask for the rating first. Who has given a rating is not asked for one.
    `notes` are the keys of what is said once, at the end; `opened` is what the person wants to choose.
    """
    whole, sure = check_in.view == "whole", check_in.prediction.sure
    if check_in.hidden and whole:
        return rating_first(check_in.message_id, language, sure=sure, notes=notes)
    rated = check_in.self_rating is not None
    lines = _after_rating(check_in, language) if rated else _before_rating(check_in, language)
    if opened == "emotions" and whole:
        lines.append(f"<b>{text('which_emotion' if sure else 'which_emotion_unsure', language)}</b>")
    numbers = _change(check_in, language) if rated and opened != "ratings" else _ratings(check_in)
    keyboard = [_verdict(check_in, language), numbers] if whole else [numbers, [_remove(check_in, language)]]
    if opened == "emotions" and whole:
        keyboard[1:1] = _corrections(check_in, language)
    if warm.is_low(check_in.self_rating):
        keyboard.append(support.way(language))
    return Screen(_joined(lines, notes, language), keyboard)


def _before_rating(check_in: CheckIn, language: Language) -> list[str]:
    """What the photo looks like, and the question for a rating; what the person calls it, where they have.

    The models learnt from whole faces: what they say of another one is not shown, and there is nothing to agree with.
    """
    if check_in.view != "whole":
        return [text(f"rating_{check_in.view}", language)]
    if judged := _judged(check_in, language):
        return [judged, text("quiet_mood", language)]
    return [_expression(check_in.prediction, language), text("question_rating", language)]


def _after_rating(check_in: CheckIn, language: Language) -> list[str]:
    """The person's own word first, and what the photo looked like in one sentence below it."""
    rating = check_in.self_rating
    said = text("said_rating", language, rating=rating, word=text(f"rating_word_{rating}", language))
    return [said, *_kind_words(check_in, language), _looked(check_in, language)]


def _kind_words(check_in: CheckIn, language: Language) -> list[str]:
    """One warm sentence for a rating of 1 or 2."""
    rating = check_in.self_rating
    kind = "" if rating is None else warm.sentence(rating, check_in.low_ratings, language)
    return [kind] if kind else []


def _looked(check_in: CheckIn, language: Language) -> str:
    if check_in.view != "whole":
        return text(f"seen_{check_in.view}", language)
    if judged := _judged(check_in, language):
        return judged
    prediction = check_in.prediction
    if prediction.sure:
        share = _shown_share(_probability(prediction), language)
        seen = text(f"seen_{prediction.label}", language, share=share)
        if not _is_one_mind(check_in):
            seen += f" {text('word_weighs', language)}"
    else:
        seen = text("seen_unsure", language)
    return f"{seen} {text('answer_caution_rated', language)}"


def _is_one_mind(check_in: CheckIn) -> bool:
    """Whether rating and photo say the same, so that nothing has to be weighed."""
    rating = check_in.self_rating
    if check_in.prediction.label == "negative":
        return warm.is_low(rating)
    return rating is not None and rating > _MIDDLE_RATING


def _judged(check_in: CheckIn, language: Language) -> str:
    """What the person made of the model's opinion, in its place; "" where it stands."""
    if check_in.corrected is not None:
        return text("said_emotion", language, emotion=_name(check_in.corrected, language))
    return text("seen_wrong", language) if check_in.agrees is False else ""


def _joined(lines: Sequence[str], notes: Sequence[str], language: Language) -> str:
    noted = "\n".join(text(note, language) for note in notes)
    return "\n\n".join([*lines, *([noted] if noted else [])])


def rating_first(message_id: int, language: Language, *, sure: bool, notes: Sequence[str] = ()) -> Screen:
    """The question for the person's own rating, before a word about the answer, or because the photo gave none."""
    asked = text("rating_first" if sure else "rating_unsure", language)
    reveal = button("button_show_answer" if sure else "button_show_seen", language, "show", message_id)
    remove = button("button_remove", language, "bin", message_id, "question" if sure else "unsure")
    return Screen(_joined([asked], notes, language), [_numbers(message_id, None), [reveal, remove]])


def _expression(prediction: Prediction, language: Language) -> str:
    side = _side(prediction, language) if prediction.sure else text("answer_unsure", language)
    return f"{side}\n{text('answer_details', language, emotions=_strongest(prediction, language))}"


def _side(prediction: Prediction, language: Language) -> str:
    probability = _probability(prediction)
    certainty = next(key for least, key in _CERTAINTY if probability >= least)
    return text(
        f"answer_{prediction.label}",
        language,
        icon="🌧" if prediction.label == "negative" else "🌤",
        certainty=text(certainty, language),
        share=_shown_share(probability, language),
    )


def _probability(prediction: Prediction) -> float:
    """Of the side that is named."""
    return prediction.negative if prediction.label == "negative" else 1 - prediction.negative


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
    remove = _remove(check_in, language)
    if not check_in.prediction.sure:
        word = check_in.corrected
        label = text("button_which_emotion", language) if word is None else marked(_name(word, language), True)
        return [(label, data_of("name", number)), remove]
    agrees = choice("👍", check_in.agrees is True, "up", number)
    # The word that was given stands until there is another.
    again: Action = "down" if check_in.corrected is None else "name"
    return [agrees, choice("👎", check_in.agrees is False, again, number), remove]


def _remove(check_in: CheckIn, language: Language) -> Button:
    return button("button_remove", language, "bin", check_in.message_id, "answer")


def _change(check_in: CheckIn, language: Language) -> list[Button]:
    """The rating that stands, to be changed, and the way to more about its day."""
    label = text("button_rerate", language, rating=check_in.self_rating)
    more = [button("button_more", language, "about", check_in.day)] if check_in.day else []
    return [(label, data_of("rerate", check_in.message_id)), *more]


def _ratings(check_in: CheckIn) -> list[Button]:
    return _numbers(check_in.message_id, check_in.self_rating)


def _numbers(message_id: int, stands: int | None) -> list[Button]:
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
    context: Context, operation: GiveFeedback | Rate | Reveal, notice: str = "", *, opened: Opened | None = None
) -> Reply:
    check_in = context.deps.store(operation)
    if check_in is None:  # another person's, an erased one, or a number that never existed
        return stale(context.language)
    if not _stands(operation, check_in):
        return Reply(answer(check_in, context.language))
    return Reply(answer(check_in, context.language, opened=opened), notice)


def _agrees(context: Context, message_id: int) -> Reply:
    feedback = GiveFeedback(user_id=context.person.id, message_id=message_id, agrees=True)
    return _about(context, feedback, text("noted_agrees", context.language))


def _disagrees(context: Context, message_id: int) -> Reply:
    feedback = GiveFeedback(user_id=context.person.id, message_id=message_id, agrees=False)
    return _about(context, feedback, opened="emotions")


def _corrects(context: Context, message_id: int, emotion: Emotion) -> Reply:
    feedback = GiveFeedback(user_id=context.person.id, message_id=message_id, agrees=False, corrected=emotion)
    word = _name(emotion, context.language)
    return _about(context, feedback, text("noted_corrected", context.language, emotion=word))


def _opens(context: Context, message_id: int, *, opened: Opened | None = None) -> Reply:
    return _about(context, Reveal(user_id=context.person.id, message_id=message_id), opened=opened)


def _rates(context: Context, message_id: int, rating: int) -> Reply:
    rate = Rate(user_id=context.person.id, message_id=message_id, rating=rating)
    return _about(context, rate, text("noted_rating", context.language, rating=rating))


def _asks_again(context: Context, message_id: int, *, sure: bool) -> Reply:
    return Reply(rating_first(message_id, context.language, sure=sure), outcome="remove")


FLOW = Flow(
    buttons=(
        Press("up", _agrees),
        Press("down", _disagrees),
        Press("is", _corrects),
        Press("name", partial(_opens, opened="emotions")),
        Press("rate", _rates),
        Press("rerate", partial(_opens, opened="ratings")),
        Press("show", _opens, older=True, stranger=True),  # their own, whatever they agreed to
        Press("back", partial(_asks_again, sure=True), older=True),
        Press("unsure", partial(_asks_again, sure=False), older=True),
    ),
)
