"""The way to the page with all of a person's days, the Mini App."""

from burnout.telegram.calls import WebAppButton, WebAppInfo
from burnout.texts import text
from functions.webhook.flow import Command, Context, Flow
from functions.webhook.screens import Reply, Screen, sentence


def way(context: Context) -> list[list[WebAppButton]]:
    """A row with the button that opens the page; no row where there is no page."""
    url = context.deps.terms.app_url
    return [[(text("button_app", context.language), WebAppInfo(url))]] if url else []


def _app(context: Context) -> Reply:
    row = way(context)
    return Reply(Screen(text("app", context.language), row) if row else sentence("app_nowhere", context.language))


FLOW = Flow(commands=(Command("app", _app),))
