"""The beginning: the notice, the yes or no to it, and the help."""

from dataclasses import replace

from burnout.store import privacy
from burnout.store.people import Consent
from burnout.telegram.buttons import data_of
from burnout.texts import LANGUAGE_NAMES, LANGUAGES, plural, text
from burnout.values import Language
from functions.webhook.deps import Deps
from functions.webhook.flow import Command, Context, Flow, Press, says
from functions.webhook.person import NOTICE_VERSION, Person
from functions.webhook.screens import Reply, Screen, button, led_by, place_of, sentence, stale


def notice(person: Person, deps: Deps, *, unread: str = "") -> Screen:
    """The notice, the question for consent, and the other languages.

    Above it a person who agreed to an older notice reads why it comes again; others read the sentence `unread`, if any.
    """
    language = person.language
    lead = "consent_anew" if person.known and not person.consented else unread
    others = [(LANGUAGE_NAMES[other], data_of("start", other)) for other in LANGUAGES if other != language]
    kept_for = plural("days", language, privacy.CHECK_INS_FOR.days)
    terms = deps.terms
    comparison = f"\n{text('start_comparison', language)}" if terms.baseline_shown_percent else ""
    place = place_of(terms.data_place, language)
    html = text("start", language, comparison=comparison, place=place, kept_for=kept_for)
    keyboard = [
        [button("agree", language, "agree", terms.notice, language)],
        [button("decline", language, "decline", language), *others],
    ]
    return Screen(led_by(text(lead, language) if lead else "", html), keyboard)


def _start(context: Context) -> Reply:
    return Reply(notice(context.person, context.deps))


def _read_in(context: Context, language: Language) -> Reply:
    return Reply(notice(replace(context.person, language=language), context.deps))


def _agree(context: Context, version: int, language: Language) -> Reply:
    person, present = context.person, context.deps.terms.notice
    if present <= version <= NOTICE_VERSION + 1:  # also where a comparison has ended since
        agreed = Consent(user_id=person.id, chat_id=person.id, version=version, language=language)
        if context.deps.store(agreed):
            return Reply(sentence("agreed", language))
        return Reply(notice(replace(person, language=language, known=False), context.deps, unread="consent_late"))
    if version < present and not person.consented:
        return Reply(notice=text("stale_agree", person.language))
    return stale(person.language)


def _decline(context: Context, language: Language) -> Reply:
    """What a no changes: "nothing was kept" is true only for somebody who never agreed."""
    if context.person.consented:
        return Reply(sentence("declined_later", language))
    return Reply(sentence("declined_anew" if context.person.known else "declined", language))


FLOW = Flow(
    commands=(
        Command("start", _start, older=True, stranger=True),
        Command("help", says("help"), older=True, stranger=True),
    ),
    buttons=(
        Press("start", _read_in, older=True, stranger=True),
        Press("agree", _agree, older=True, stranger=True),
        Press("decline", _decline, older=True, stranger=True),
    ),
)
