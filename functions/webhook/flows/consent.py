"""The notice: what somebody agrees to before anything is kept. What they press under it is in `first`."""

from burnout.store import privacy
from burnout.telegram.buttons import data_of
from burnout.texts import LANGUAGE_NAMES, LANGUAGES, plural, text
from functions.webhook.deps import Deps
from functions.webhook.person import Person
from functions.webhook.screens import Screen, button, place_of


def notice(person: Person, deps: Deps, *, lead: str = "terms_lead", full: bool = False) -> Screen:
    """The notice in short or in full, the question for consent, and the other languages.

    Its first line is the sentence `lead`; a person who agreed to an older notice reads there why it comes again.
    """
    language, terms = person.language, deps.terms
    key = "terms_full" if full else "terms"
    comparison = text(f"{key}_comparison", language)
    html = text(
        key,
        language,
        lead=text(f"{lead}_anew" if person.known and not person.consented else lead, language),
        comparison=f"\n{comparison}" if terms.baseline_shown_percent else "",
        place=place_of(terms.data_place, language),
        kept_for=plural("days", language, privacy.CHECK_INS_FOR.days),
    )
    others = [(LANGUAGE_NAMES[other], data_of("start", other)) for other in LANGUAGES if other != language]
    part = "short" if full else "all"
    keyboard = [
        [button("terms_agree", language, "agree", terms.notice, language)],
        [button(f"terms_read_{part}", language, "read", part, language), *others],
        [button("terms_decline", language, "decline", language)],
    ]
    return Screen(html, keyboard)
