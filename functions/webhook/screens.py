"""What a person sees: sentences with their buttons, as data. Pure functions of language and stored facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from burnout.emotions import Emotion
from burnout.inference import Prediction
from burnout.store import privacy
from burnout.store.check_ins import CheckIn, History, LastCheckIn
from burnout.telegram.buttons import (
    Agree,
    AskEmotion,
    AskRemove,
    ChooseLanguage,
    Correct,
    Decline,
    KeepEntry,
    RateMood,
    ShowAnswer,
    ShowChart,
    ShowHistory,
    ShowStart,
    ThumbDown,
    ThumbUp,
    UndoEntry,
    data_of,
)
from burnout.telegram.calls import BotCall, Button, Keyboard, edit_message, send_message
from burnout.texts import LANGUAGE_NAMES, LANGUAGES, decimal, percent, plural, short_date, short_dates, text
from burnout.values import Language
from functions.webhook.sparkline import sparkline

NOTICE_VERSION: Final = 2  # raise it when the notice in `start` changes its meaning: everybody is asked again
HISTORY_DAYS: Final = (7, 30, 0)  # 0 is all
# Calibrated probabilities of the side that is named; near the threshold none is (`Prediction.sure`).
_MOST_SHOWN: Final = 0.99  # nobody is sure to 100 % of a face
_LEAST_SHOWN: Final = 0.005  # less would be shown as 0 %
_CERTAINTY: Final = ((0.85, "certainty_high"), (0.65, "certainty_middle"), (0.0, "certainty_low"))


@dataclass(frozen=True)
class Screen:
    """A sentence in Telegram's HTML, and the buttons under it."""

    html: str
    keyboard: Keyboard = ()

    def sent_to(self, chat_id: int) -> BotCall:
        """A new message."""
        return send_message(chat_id, self.html, keyboard=self.keyboard)

    def replacing(self, chat_id: int, message_id: int) -> BotCall:
        """The bot's message `message_id`, changed to this."""
        return edit_message(chat_id, message_id, self.html, keyboard=self.keyboard)


@dataclass(frozen=True)
class Reply:
    """What a pressed button leads to."""

    notice: str = ""  # pops up for a moment; plain text, at most 200 characters
    becomes: Screen | None = None  # what the message with the button turns into
    then: BotCall | None = None  # what the chat gets besides
    outcome: str = "button"


def stale(language: Language) -> Reply:
    """The reply to a button that means nothing any more, or never did."""
    return Reply(text("stale_button", language))


def sentence(key: str, language: Language, **values: object) -> Screen:
    """One sentence without buttons."""
    return Screen(text(key, language, **values))


def place_of(data_place: str, language: Language) -> str:
    """Where the data lies, in words: an AWS region's name, or the operator's own machine for "self"."""
    if data_place == "self":
        return text("place_self", language)
    return text("place_aws", language, region=data_place)


def start(language: Language, data_place: str, *, lead: str = "") -> Screen:
    """The notice below a sentence that says why it comes, the question for consent, and the other languages."""
    others = [(LANGUAGE_NAMES[other], data_of(ShowStart(other))) for other in LANGUAGES if other != language]
    keyboard = [
        [(text("agree", language), data_of(Agree(NOTICE_VERSION, language)))],
        [(text("decline", language), data_of(Decline(language))), *others],
    ]
    kept_for = plural("days", language, privacy.CHECK_INS_FOR.days)
    html = text("start", language, place=place_of(data_place, language), kept_for=kept_for)
    return Screen(f"{lead}\n\n{html}" if lead else html, keyboard)


def language_choice(language: Language) -> Screen:
    """Which language the bot shall speak."""
    choices = [(LANGUAGE_NAMES[choice], data_of(ChooseLanguage(choice))) for choice in LANGUAGES]
    return Screen(text("choose_language", language), [choices])


def answer(check_in: CheckIn, language: Language, *, album: bool = False, correcting: bool = False) -> Screen:
    """The answer to a photo, with what the person has said about it marked on the buttons.

    A hidden answer is not in it: its buttons ask for the rating first.
    """
    sure = check_in.prediction.sure
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


def rating_first(message_id: int, language: Language, *, sure: bool, album: bool = False) -> Screen:
    """The question for the person's own rating, before a word about the answer, or because the photo gave none."""
    asked = text("rating_first" if sure else "rating_unsure", language)
    lines = [asked, *([text("answer_album", language)] if album else [])]
    show = text("button_show_answer" if sure else "button_show_seen", language)
    reveal = (show, data_of(ShowAnswer(message_id)))
    remove = (text("button_remove", language), data_of(AskRemove(message_id, "question" if sure else "unsure")))
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
    """The two strongest emotions, or the one beside which nothing else is seen."""
    strongest = sorted(prediction.emotions.items(), key=lambda item: -item[1])[:2]
    shown = [(emotion, share) for emotion, share in strongest if share > _LEAST_SHOWN]
    return ", ".join(f"{emotion_name(emotion, language)} ({_shown_share(share, language)})" for emotion, share in shown)


def _shown_share(share: float, language: Language) -> str:
    return percent(min(share, _MOST_SHOWN), language)


def _verdict(check_in: CheckIn, language: Language) -> list[Button]:
    """👍 and 👎 for a side that was named; where none was there is nothing to agree with, only a word to give."""
    remove = (text("button_remove", language), data_of(AskRemove(check_in.message_id, "answer")))
    if not check_in.prediction.sure:
        word = check_in.corrected
        label = text("button_which_emotion", language) if word is None else marked(emotion_name(word, language), True)
        return [(label, data_of(AskEmotion(check_in.message_id))), remove]
    yes, no = check_in.agrees is True, check_in.agrees is False
    return [
        (marked("👍", yes), data_of(ThumbUp(check_in.message_id))),
        (marked("👎", no), data_of(ThumbDown(check_in.message_id))),
        remove,
    ]


def _ratings(message_id: int, stands: int | None) -> list[Button]:
    return [(marked(str(rating), stands == rating), data_of(RateMood(message_id, rating))) for rating in range(1, 6)]


def _corrections(check_in: CheckIn, language: Language) -> list[list[Button]]:
    buttons = [
        (marked(emotion_name(emotion, language), check_in.corrected is emotion), data)
        for emotion in Emotion
        for data in [data_of(Correct(check_in.message_id, emotion))]
    ]
    return [buttons[:3], buttons[3:5], buttons[5:]]


def marked(label: str, chosen: bool) -> str:
    """A button's label, with a tick when it is what stands now."""
    return f"✓ {label}" if chosen else label


def emotion_name(emotion: Emotion, language: Language) -> str:
    """An emotion's word in a list or on a button."""
    return text(f"emotion_{emotion}", language)


def undo(last: LastCheckIn, language: Language) -> Screen:
    """Whether the newest check-in shall go. An answer that the person has not seen yet is not told here either."""
    check_in = last.check_in
    if check_in is None:
        return sentence("undo_nothing", language)
    at_local = datetime.fromisoformat(last.at_local)
    said = check_in.prediction.label if check_in.prediction.sure else "unsure"
    facts = [] if check_in.hidden else [text(f"undo_{said}", language)]
    if check_in.self_rating is not None:
        facts.append(text("undo_rating", language, rating=check_in.self_rating))
    when = f"{short_date(at_local.date(), language)}, {at_local:%H:%M}"
    details = f" ({', '.join(facts)})" if facts else ""
    buttons = [
        (text("button_undo", language), data_of(UndoEntry(check_in.message_id))),
        (text("button_keep", language), data_of(KeepEntry())),
    ]
    return Screen(text("undo_ask", language, when=when, details=details), [buttons])


def history(facts: History, days: int, language: Language) -> Screen:
    """The person's course over the last `days` days of their own calendar, or all of it for 0."""
    check_ins = sum(day.check_ins for day in facts.days)
    lines = [text(f"history_{days}", language)]
    if check_ins:
        lines += _totals(facts, check_ins, language)
        lines += _course(facts, days, language)
    else:
        lines.append(text("history_empty", language))
    buttons = [(text(f"button_{choice}", language), data_of(ShowHistory(choice))) for choice in HISTORY_DAYS]
    return Screen("\n".join(lines), [buttons, _charts(language)])


def _charts(language: Language) -> list[Button]:
    return [
        (text("button_course", language), data_of(ShowChart("course"))),
        (text("button_calendar", language), data_of(ShowChart("calendar"))),
    ]


def _totals(facts: History, check_ins: int, language: Language) -> list[str]:
    negative = sum(day.negative for day in facts.days)
    ratings = sum(day.ratings for day in facts.days)
    counts = plural("check_ins", language, check_ins), plural("days", language, len(facts.days))
    lines = [text("history_counts", language, check_ins=counts[0], days=counts[1])]
    unsure = sum(day.unsure for day in facts.days)
    with_side = sum(day.read for day in facts.days) - unsure
    if with_side:
        share = percent(negative / with_side, language)
        lines.append(text("history_negative", language, negative=negative, total=with_side, share=share))
    if unsure:
        lines.append(text("history_unsure", language, unsure=unsure))
    if not ratings:
        return [*lines, text("history_no_rating", language)]
    mean = decimal(sum(day.rating_sum for day in facts.days) / ratings, language)
    return [*lines, text("history_rating", language, mean=mean, ratings=plural("ratings", language, ratings))]


def _course(facts: History, days: int, language: Language) -> list[str]:
    values = {date.fromisoformat(day.day): day.mean_negative for day in facts.days if day.mean_negative is not None}
    if not values:
        return []
    line = sparkline(values, days, date.fromisoformat(facts.today))
    course = text(
        "history_sparkline",
        language,
        step=text("history_step_week" if line.days_per_bar > 1 else "history_step_day", language),
        bars=line.bars,
        dates=short_dates(line.first_day, line.last_day, language),
    )
    return [course]
