"""What bad input gets: one sentence that says what to do, exit status 3, and nothing is changed anywhere."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from burnout.errors import TelegramRejectedError
from infra import checks, release
from tests.unit.infra.conftest import fails

ROOT = Path(__file__).parents[3]
WELL, REFUSED = 0, 3
URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/burnout/prod/infer"
BUILT = "Resources: {InferFunction: {Properties: {ImageUri: 'inferfunction:latest'}}}"
ELF = bytes(18)


@pytest.fixture
def root(tmp_path):
    """A checkout that was built for prod."""
    for file in ("functions/store/schema.sql", "functions/webhook/app.py", "layers/common/burnout/clock.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("-- one\n")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/template.yaml").write_text("one")
    (tmp_path / "samconfig.toml").write_text((ROOT / "samconfig.toml").read_text())
    built = tmp_path / ".aws-sam/build"
    (built / "CommonLayer").mkdir(parents=True)
    (built / "CommonLayer/x.so").write_bytes(ELF + b"\x3e")
    (built / "template.yaml").write_text(BUILT)
    return tmp_path


def described(status="UPDATE_COMPLETE", **parameters):
    """What CloudFormation says of the stack."""
    given = {"OperatorContact": "@operator", "AlarmEmail": "a@example.org", **parameters}
    kept = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
    return {"Stacks": [{"StackName": "burnout-prod", "StackStatus": status, "Parameters": kept}]}


@pytest.fixture
def well(aws, root, monkeypatch):
    """A deployed bot, a new build, and everything that the next release needs."""
    aws.answers |= {
        "DescribeStacks": described(),
        "DescribeRepositories": {"repositories": [{"repositoryUri": URI}]},
        "GetSecretValue": {"SecretString": json.dumps({"token": "1:a", "webhook_secret": "w"})},
    }
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    docker(monkeypatch)
    telegram(monkeypatch, refuses=False)
    return aws


def docker(monkeypatch, status=0, label="", said=""):
    done = subprocess.CompletedProcess([], status, f"{label}\n", said)
    monkeypatch.setattr(checks.subprocess, "run", lambda *_, **__: done)


def telegram(monkeypatch, *, refuses):
    def call(*_, **__):
        if refuses:
            raise TelegramRejectedError("getMe", 401, "Unauthorized")

    monkeypatch.setattr(checks.Bot, "call", call)


def deploys(root, *options):
    """The exit status, and what is in the files that `sam deploy` reads."""
    status = release.main(["--config-env", "prod", *options], root)
    written = root / ".aws-sam/build/release.toml"
    return status, written.read_text() if written.exists() else ""


def no_stack(aws):
    aws.answers["DescribeStacks"] = fails("ValidationError", "Stack with id burnout-prod does not exist")


def newer(root):
    file = root / "layers/common/burnout/clock.py"
    os.utime(file, (2e9, 2e9))


def migrates(aws, root, *, with_other_code):
    plan_before = {"Schema": "2", "OtherCode": "another" if with_other_code else checks.digest_of_other_code(root)}
    aws.answers["DescribeStacks"] = described(**plan_before)
    for number in (2, 3):
        (root / f"functions/store/migrations/000{number}_x.sql").parent.mkdir(exist_ok=True)
        (root / f"functions/store/migrations/000{number}_x.sql").write_text("-- two\n")
    os.utime(root / ".aws-sam/build/template.yaml")


def status_of(status):
    return lambda a, _r, _m: a.answers.update(DescribeStacks=described(status))


def parameter(**values):
    return lambda a, _r, _m: a.answers.update(DescribeStacks=described(**values))


def secret(**content):
    return lambda a, _r, _m: a.answers.update(GetSecretValue={"SecretString": json.dumps(content)})


def configured(root, before, after):
    config = root / "samconfig.toml"
    config.write_text(config.read_text().replace(before, after))


ROWS = {
    "no such environment": (("--config-env", "prd"), None, "samconfig.toml has no environment prd"),
    "region that is not ours": (
        (),
        lambda _a, r, _m: configured(r, "eu-west-1", "us-east-1"),
        "us-east-1, and people's data stays in",
    ),
    "another region here": ((), lambda _a, _r, m: m.setenv("AWS_REGION", "eu-central-1"), "AWS_REGION is eu-central-1"),
    "login expired": ((), lambda a, _r, _m: a.answers.update(GetCallerIdentity=fails("ExpiredToken")), "aws sso login"),
    "first try failed": ((), status_of("ROLLBACK_COMPLETE"), "delete-stack --stack-name burnout-prod"),
    "deployment runs": ((), status_of("UPDATE_IN_PROGRESS"), "burnout-prod is being changed"),
    "rollback failed": ((), status_of("UPDATE_ROLLBACK_FAILED"), "describe-stack-events"),
    "contact missing": ((), lambda a, _r, _m: no_stack(a), "OperatorContact is missing: give it by --contact"),
    "contact of spaces": (("--contact", "   "), None, "OperatorContact is '   '"),
    "alarms to nobody": (("--alarm-email", ""), None, "AlarmEmail is empty"),
    "alarms to no address": (("--alarm-email", "somebody"), None, "AlarmEmail is 'somebody'"),
    "folder with a slash": (("--database-folder", "/x/sqlite/"), None, "DatabaseFolder is '/x/sqlite/'"),
    "number too large": ((), parameter(InferProvisioned="41"), "not a number from 0 to 40"),
    "value that is none": ((), parameter(LogRetentionDays="2"), "LogRetentionDays is 2, not one of 1, 3, 5"),
    "unknown parameter": (
        (),
        lambda _a, r, _m: configured(r, '"Stage=', '"Sage='),
        "gives Sage, and the template has no",
    ),
    "no build": ((), lambda _a, r, _m: (r / ".aws-sam/build/template.yaml").unlink(), "nothing is built: `sam build"),
    "old build": ((), lambda _a, r, _m: newer(r), "clock.py is newer than the build"),
    "other processor": (
        (),
        lambda _a, r, _m: (r / ".aws-sam/build/CommonLayer/x.so").write_bytes(ELF + b"\xb7"),
        "the build is not for x86_64: `sam build --config-env prod`",
    ),
    "no Docker": ((), lambda _a, _r, m: docker(m, 1, said="Cannot connect"), "Docker does not answer"),
    "no image": ((), lambda _a, _r, m: docker(m, 1, said="Error: No such image: x"), "infer's image is not here"),
    "stand-in image": ((), lambda _a, _r, m: docker(m, label="trixie"), "stands on a stand-in"),
    "no repository": (
        (),
        lambda a, _r, _m: a.answers.update(DescribeRepositories=fails("RepositoryNotFoundException")),
        "--template-file infra/repository.yaml --stack-name burnout-images-prod --parameter-overrides Stage=prod",
    ),
    "no token": ((), secret(token=""), "the bot has no token yet"),
    "token refused": ((), lambda _a, _r, m: telegram(m, refuses=True), "Telegram refuses the bot's token"),
    "right missing": ((), lambda a, _r, _m: a.answers.update(GetSecretValue=fails("AccessDenied")), "AWS says: "),
    "migration and more": ((), lambda a, r, _m: migrates(a, r, with_other_code=True), "deploy functions/store alone"),
    "older store": ((), parameter(Schema="2", OtherCode="x"), "the databases have schema 2, this store knows 1"),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_bad_input_gets_a_sentence_and_changes_nothing(row, well, root, monkeypatch, capsys):
    options, spoil, sentence = row
    if spoil:
        spoil(well, root, monkeypatch)
    config = (root / "samconfig.toml").read_text()

    assert deploys(root, *options) == (REFUSED, "")

    said = capsys.readouterr()
    assert sentence in said.err
    assert (said.err.count("\n"), said.out) == (1, "")
    assert (root / "samconfig.toml").read_text() == config
    assert {name for name, _ in well.calls if not name.startswith(("Get", "Describe"))} == set()


def test_stand_in_is_good_enough_for_an_aws_on_this_machine(well, root, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    docker(monkeypatch, label="trixie")

    assert deploys(root)[0] == WELL


def test_migration_that_comes_alone_is_deployed_at_once_and_never_taken_back(well, root):
    migrates(well, root, with_other_code=False)

    status, written = deploys(root)

    assert status == WELL
    assert 'Schema = "3"' in written
    for name in ("GradualDeployments", "GradualInfer", "GradualStore"):
        assert f'{name} = "false"' in written


def test_digest_knows_all_code_but_the_stores(root):
    digests = {checks.digest_of_other_code(root)}
    (root / "functions/store/schema.sql").write_text("-- two\n")
    assert {checks.digest_of_other_code(root)} == digests

    changed = ("functions/webhook/app.py", "layers/common/burnout/clock.py", "infra/template.yaml")
    for file in changed:
        (root / file).write_text("two")
        digests.add(checks.digest_of_other_code(root))
    assert len(digests) == 1 + len(changed)
