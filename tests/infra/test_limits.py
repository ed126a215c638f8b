"""Numbers of the template that must fit the code's and each other."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from burnout.invocation import APP_CONFIG
from burnout.store import privacy
from functions.report.run import LEASE, WORKERS
from functions.webhook.budget import worst_s
from tests.infra.conftest import FUNCTIONS
from tests.unit.app.test_api import CALLS

ROOT = Path(__file__).parents[2]
TELEGRAM_CONNECTIONS = 40  # setWebhook's default max_connections
TELEGRAM_WAITS_S = 60
EVERY = timedelta(minutes=15)
NEW_ACCOUNT, OLD_ACCOUNT, UNRESERVED = 10, 1000, 100  # concurrent calls; AWS keeps the last for what reserves nothing


def reserved(properties):
    """The reserved concurrency, where it is reserved at all."""
    condition, value, otherwise = properties["ReservedConcurrentExecutions"]["Fn::If"]
    assert (condition, otherwise) == ("Reserve", {"Ref": "AWS::NoValue"})
    return value


def test_time_outs_nest(functions):
    api_ms = functions["webhook"]["Events"]["Telegram"]["Properties"]["TimeoutInMillis"]

    inner = max(functions["infer"]["Timeout"], functions["store"]["Timeout"])

    assert inner < functions["webhook"]["Timeout"] < api_ms / 1000 < 30 < TELEGRAM_WAITS_S


def test_the_page_is_answered_before_it_gives_up_however_slow_store_is(functions):
    app = functions["app"]
    (waits_ms,) = re.findall(r"APP_WAIT_MS = ([\d_]+);", (ROOT / "web" / "src" / "api.ts").read_text(encoding="utf-8"))

    assert max(CALLS.values()) * worst_s(APP_CONFIG) < app["Timeout"] <= int(waits_ms) / 1000
    for event in app["Events"].values():
        assert app["Timeout"] < event["Properties"]["TimeoutInMillis"] / 1000 < 30


def test_a_flood_at_the_page_takes_none_of_telegrams_requests(functions, of_type):
    (api,) = of_type("AWS::Serverless::HttpApi").values()
    (telegram,) = routes(functions["webhook"])

    assert set(api["RouteSettings"]) == {telegram, *routes(functions["app"])}  # none is left to the common default
    assert api["RouteSettings"][telegram] == api["DefaultRouteSettings"]


def routes(properties):
    events = [each["Properties"] for each in properties["Events"].values() if each["Type"] == "HttpApi"]
    return [f"{each['Method']} {each['Path']}" for each in events]


def test_a_run_of_reports_fits_into_its_function_and_between_two_ticks(functions, resources):
    timeout = timedelta(seconds=functions["report"]["Timeout"])

    assert LEASE < timeout <= EVERY
    assert resources["Tick"]["Properties"]["ScheduleExpression"] == "rate(15 minutes)"


def test_every_function_reserves_its_calls_where_the_account_has_room_and_a_new_one_has_none(functions, template):
    total = sum(reserved(functions[name]) for name in FUNCTIONS)

    assert NEW_ACCOUNT < total <= OLD_ACCOUNT - UNRESERVED
    assert template["Parameters"]["ReserveConcurrency"]["Default"] == "false"


def test_neither_telegram_nor_the_page_can_throttle_anybody_else(functions):
    assert reserved(functions["webhook"]) >= TELEGRAM_CONNECTIONS
    assert reserved(functions["infer"]) >= TELEGRAM_CONNECTIONS
    beside_a_run = reserved(functions["report"]) - 1
    of_the_page = reserved(functions["app"])
    assert reserved(functions["store"]) >= TELEGRAM_CONNECTIONS + WORKERS + beside_a_run + of_the_page


def test_report_has_room_for_the_canary_beside_a_run(functions):
    assert reserved(functions["report"]) >= 2


def test_objects_expire_when_privacy_says_so(of_type):
    bucket = of_type("AWS::S3::Bucket")["PhotosBucket"]
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}

    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules.values() if "Prefix" in rule}

    assert days == {
        "photos/": privacy.PHOTOS_FOR.days,
        "donated/": privacy.CHECK_INS_FOR.days,
        "erasures/": privacy.ERASURES_FOR.days,
    }
    assert all(rule["Status"] == "Enabled" for rule in rules.values())
    assert "VersioningConfiguration" not in bucket


def test_the_erasure_log_outlives_the_backups(template, of_type):
    (plan,) = of_type("AWS::Backup::BackupPlan").values()
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    (files,) = of_type("AWS::EFS::FileSystem").values()

    assert rule["Lifecycle"] == {"DeleteAfterDays": {"Ref": "BackupDays"}}
    assert timedelta(days=template["Parameters"]["BackupDays"]["MaxValue"]) < privacy.ERASURES_FOR
    assert files["BackupPolicy"] == {"Status": "DISABLED"}  # else another plan copies them as well, for 35 days


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_logs_json_into_its_own_group(functions, resources, function):
    config = functions[function]["LoggingConfig"]

    group = resources[config["LogGroup"]["Ref"]]["Properties"]
    assert group["LogGroupName"] == {"Fn::Sub": f"/burnout/${{Stage}}/{function}"}
    assert (config["LogFormat"], config["SystemLogLevel"]) == ("JSON", "WARN")


def test_every_log_group_ends_and_is_encrypted(of_type):
    groups = of_type("AWS::Logs::LogGroup")

    assert len(groups) == len(FUNCTIONS) + 1
    for group in groups.values():
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert group["KmsKeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}


def test_what_people_may_send_is_the_local_stacks_too(functions):
    variables = functions["webhook"]["Environment"]["Variables"]

    assert (variables["PHOTOS_PER_HOUR"], variables["PHOTOS_PER_DAY"]) == ("30", "100")
    assert variables["DATA_PLACE"] == {"Ref": "AWS::Region"}


# The notice says that "some people" read baseline's answers: half are the most.
@pytest.mark.parametrize(("how", "most"), [("Shadow", 100), ("Shown", 50)])
def test_the_weaker_model_neither_runs_nor_is_shown_unless_a_parameter_says_for_how_many(
    template, functions, local_function, how, most
):
    name, variable = f"Baseline{how}Percent", f"BASELINE_{how.upper()}_PERCENT"
    parameter = template["Parameters"][name]

    assert functions["webhook"]["Environment"]["Variables"][variable] == {"Ref": name}
    assert (parameter["Default"], parameter["MinValue"], parameter["MaxValue"]) == (0, 0, most)
    assert local_function("webhook").environment[variable] == "0"


def test_databases_lie_where_a_parameter_says_and_a_restored_folder_is_one_that_it_takes(template, of_type):
    (access_point,) = of_type("AWS::EFS::AccessPoint").values()
    parameter = template["Parameters"]["DatabaseFolder"]
    taken = re.compile(parameter["AllowedPattern"])

    assert access_point["RootDirectory"]["Path"] == {"Ref": "DatabaseFolder"}
    assert parameter["Default"] == "/sqlite"
    for folder in ("/sqlite", "/aws-backup-restore_2026-11-26T09-15-02-118Z/sqlite", "/a/b/c/d"):
        assert taken.fullmatch(folder), folder
    for folder in ("/", "sqlite", "/sqlite/", "/../sqlite", "/a b", "/a/b/c/d/e", ""):
        assert not taken.fullmatch(folder), folder
