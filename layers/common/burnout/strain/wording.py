"""A finding in words, by the person's own ratings and without a cause: one sentence, or one line of a list."""

from babel.dates import get_day_names

from burnout.strain.findings import Finding
from burnout.texts import decimal, plural, text
from burnout.values import Language


def said(finding: Finding, language: Language) -> str:
    """How the person rated themselves on such days."""
    return _said("why", finding, language)


def sentence_of(finding: Finding, language: Language) -> str:
    """How the person rated themselves on such days, and that it need not be the cause."""
    return f"{said(finding, language)} {text('why_caution', language)}"


def listed(finding: Finding, language: Language) -> str:
    """By how much the rating differs, from where to where."""
    return _said("why_listed", finding, language)


def _said(key: str, finding: Finding, language: Language) -> str:
    low, high = sorted((abs(finding.low), abs(finding.high)))
    return text(
        f"{key}_{'lower' if finding.difference < 0 else 'higher'}",
        language,
        when=_when(finding, language),
        points=decimal(abs(finding.difference), language),
        low=decimal(low, language),
        high=decimal(high, language),
        with_days=plural("days", language, finding.with_days),
        without=finding.without_days,
        all=finding.with_days + finding.without_days,
    )


def _when(finding: Finding, language: Language) -> str:
    if finding.kind == "weekday":
        return str(get_day_names("wide", "stand-alone", language)[int(finding.name)]).capitalize()
    if finding.kind == "sleep":
        return text("why_sleep", language)
    return text(f"why_{finding.kind}", language, factor=text(f"factor_{finding.name}", language))
