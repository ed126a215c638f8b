"""What a release writes for `sam deploy`: a number of its own, what was asked for once, where the image goes."""

import json
import tomllib

import pytest

from infra import checks, release
from tests.unit.infra.test_checks import REFUSED, ROOT, URI, WELL, deploys, described, no_stack, root, telegram, well

__all__ = ["root", "well"]
REPOSITORY = [f"InferFunction={URI}"]
ANOTHER = f"22222:{'b' * 35}"


@pytest.fixture
def written(root):
    return lambda: tomllib.loads((root / ".aws-sam/build/release.toml").read_text())


def test_first_deployment_is_given_contact_and_address_and_every_later_one_keeps_them(well, root, written):
    no_stack(well)
    contact = 'Иван "Ключ" <i@example.org>'
    assert deploys(root, "--contact", contact, "--alarm-email", "a@example.org")[0] == WELL
    first = written()
    assert (first["OperatorContact"], first["AlarmEmail"]) == (contact, "a@example.org")
    assert first["DatabaseFolder"] == "/sqlite"

    well.answers["DescribeStacks"] = described(OperatorContact=contact, DatabaseFolder="/restored/sqlite")
    assert deploys(root)[0] == WELL
    assert written()["OperatorContact"] == contact
    assert written()["DatabaseFolder"] == "/restored/sqlite"


def test_contact_and_address_are_asked_of_whoever_sits_there(well, root, written, monkeypatch):
    no_stack(well)
    monkeypatch.setattr(release.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: "a@example.org" if "AlarmEmail" in prompt else "@operator")

    assert deploys(root)[0] == WELL
    assert (written()["OperatorContact"], written()["AlarmEmail"]) == ("@operator", "a@example.org")


def test_every_release_has_a_number_of_its_own_that_sam_reads_whole(well, root, written, monkeypatch):
    numbers = []
    for second in (1_764_000_000.5, 1_764_000_001.5):
        monkeypatch.setattr(release.time, "time", lambda second=second: second)
        deploys(root)
        numbers.append(written()["Release"])

    assert numbers == ["1764000000", "1764000001"]
    assert {len(number) for number in numbers} == {10}


def test_release_after_a_migration_is_gradual_again(well, root, written):
    well.answers["DescribeStacks"] = described(Schema="1", OtherCode="x", GradualDeployments="false")

    deploys(root)

    assert written()["GradualDeployments"] == "true"


def test_image_goes_where_its_repository_is_and_nothing_else_of_samconfig_changes(well, root):
    before = tomllib.loads((root / "samconfig.toml").read_text())
    for _ in range(2):
        deploys(root)

    after = tomllib.loads((root / "samconfig.toml").read_text())
    assert after["prod"]["deploy"]["parameters"].pop("image_repositories") == REPOSITORY
    assert after == before


@pytest.mark.parametrize("environment", ["dev", "prod", "lean"])
def test_image_of_an_older_account_is_not_kept(environment):
    text = (ROOT / "samconfig.toml").read_text()
    older = release.with_repository(text, environment, "of-another-account")

    assert release.with_repository(older, environment, URI) == release.with_repository(text, environment, URI)


@pytest.mark.parametrize("environment", ["dev", "prod", "lean"])
def test_environments_of_samconfig_are_whole(environment, well, root):
    (root / ".aws-sam/build/CommonLayer/x.so").unlink()

    assert deploys(root, "--config-env", environment, "--alarm-email", "a@example.org")[0] == WELL


def test_token_goes_into_the_secret_and_nowhere_else(well, root, monkeypatch, capsys):
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    monkeypatch.setattr(release.getpass, "getpass", lambda _: f" {ANOTHER} \n")

    assert deploys(root, "--token") == (WELL, "")

    (put,) = well.asked_to("PutSecretValue")
    assert json.loads(put["SecretString"]) == {"token": ANOTHER, "webhook_secret": "w"}
    assert ANOTHER not in "".join(capsys.readouterr())


@pytest.mark.parametrize(("typed", "refuses"), [("", False), ("no token", False), (ANOTHER, True)])
def test_token_that_telegram_refuses_is_put_nowhere(typed, refuses, well, root, monkeypatch, capsys):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", typed)
    monkeypatch.setattr(release.getpass, "getpass", lambda _: typed)
    telegram(monkeypatch, refuses=refuses)

    assert deploys(root, "--token") == (REFUSED, "")
    assert well.asked_to("PutSecretValue") == []
    assert "@BotFather" in capsys.readouterr().err


def test_token_needs_a_stack(well, root, monkeypatch, capsys):
    no_stack(well)

    assert deploys(root, "--token") == (REFUSED, "")
    assert "there is no stack yet" in capsys.readouterr().err


def test_schema_of_this_release_is_the_number_of_its_scripts():
    assert checks.schema_of(ROOT) == 1
