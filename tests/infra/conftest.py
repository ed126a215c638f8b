"""The template as plain data. Tests here compare it with the code and with itself; nothing is deployed."""

from types import SimpleNamespace

import pytest

from infra.templates import read
from local.aws import functions as local_functions

FUNCTIONS = ("webhook", "infer", "store", "report", "app")


@pytest.fixture(scope="session")
def template():
    return read()


@pytest.fixture(scope="session")
def resources(template):
    return template["Resources"]


@pytest.fixture(scope="session")
def of_type(resources):
    """The properties of all resources of a type, by their logical ids."""

    def find(kind):
        return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}

    return find


@pytest.fixture(scope="session")
def functions(of_type):
    """The five functions' properties, by the names that people call them."""
    found = of_type("AWS::Serverless::Function")
    assert set(found) == {f"{name.capitalize()}Function" for name in FUNCTIONS}
    return {name: found[f"{name.capitalize()}Function"] for name in FUNCTIONS}


@pytest.fixture
def local_function(tmp_path):
    """A function as the local stack declares it."""
    aws = SimpleNamespace(url="http://127.0.0.1:1", secret_arn="arn")
    around = local_functions.FunctionEnvironment(aws, "http://127.0.0.1:2", "http://127.0.0.1:3", tmp_path)
    return lambda name: getattr(local_functions, name)(local_functions.Sizes(), around)
