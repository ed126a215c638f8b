"""The template as plain data. Tests here compare it with the code and with itself; nothing is deployed."""

import pytest

from infra.templates import read

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
