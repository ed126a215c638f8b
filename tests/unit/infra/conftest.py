"""An AWS that answers what a test says. It refuses parameters that the real one does not know, and notes calls."""

from types import SimpleNamespace

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader

LOADER = create_loader()  # what it reads of AWS's interfaces it reads once


class Aws:
    """`answers`: an operation -> what it says, or a function of what is asked. Of the others the answer is empty."""

    def __init__(self):
        core = botocore.session.Session()
        core.register_component("data_loader", LOADER)
        self.session = boto3.Session("local", "local", region_name="eu-west-1", botocore_session=core)
        self.session.events.register("provide-client-params", self._asked)
        self.session.events.register("before-call", self._answered)
        self.answers = {}
        self.calls = []

    def _asked(self, params, model, **_):
        self.calls.append((model.name, dict(params)))

    def _answered(self, model, **_):
        said = self.answers.get(model.name, {})
        said = said(self.calls[-1][1]) if callable(said) else said
        return SimpleNamespace(status_code=400 if "Error" in said else 200), said

    def asked_to(self, operation):
        """With which parameters."""
        return [params for name, params in self.calls if name == operation]


def fails(code, message=""):
    """An answer that says no."""
    return {"Error": {"Code": code, "Message": message}}


@pytest.fixture
def aws(monkeypatch):
    made = Aws()
    monkeypatch.setattr(boto3, "Session", lambda **_: made.session)
    return made
