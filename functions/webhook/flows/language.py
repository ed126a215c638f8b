"""The language that the bot speaks, also to somebody who has not agreed to anything."""

from dataclasses import replace

from burnout.store.people import SetLanguage
from burnout.telegram.buttons import data_of
from burnout.texts import LANGUAGE_NAMES, LANGUAGES, text
from burnout.values import Language
from functions.webhook.flow import Command, Context, Flow, Press, settings_of
from functions.webhook.flows import clock, home, settings
from functions.webhook.screens import Reply, Screen


def _language(context: Context) -> Reply:
    names = [(LANGUAGE_NAMES[language], data_of("lang", language)) for language in LANGUAGES]
    return Reply(Screen(text("choose_language", context.language), [names]))


def _speak(context: Context, language: Language) -> Reply:
    stands = context.deps.store(SetLanguage(user_id=context.person.id, language=language)) or language
    read = replace(context, person=replace(context.person, language=stands))
    found = settings_of(read) if context.person.consented else None
    if found is not None and clock.is_unset(found):  # the language has moved the guess
        screen = clock.asked(found, context.deps.now_utc())
    else:
        screen = settings.present(read) if context.person.consented else home.help_card(read)
    return Reply(screen, text("noted_language", language) if stands == language else "")


FLOW = Flow(
    commands=(Command("language", _language, older=True, stranger=True),),
    buttons=(Press("lang", _speak, older=True, stranger=True),),
)
