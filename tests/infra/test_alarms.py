"""What the alarms and the dashboard look at must be what the functions send; whatever can fail has an alarm."""

import json
import re
from pathlib import Path

import pytest

from burnout.invocation import CHECK
from burnout.redaction import redacted_logger
from functions.report import metrics as report_telemetry
from functions.report.metrics import RunMetrics
from functions.webhook import telemetry as webhook_telemetry
from functions.webhook.deps import RequestTrace
from tests.infra.conftest import FUNCTIONS
from tests.log_lines import lines_of
from tests.unit.report.office import ReportFixture
from tests.unit.report.test_canary import probed

OURS = "Burnout"
PAGES, TICKETS = {"Ref": "Pages"}, {"Ref": "Tickets"}


@pytest.fixture
def sent(capsys, monkeypatch, tmp_path):
    """Every metric that a function can send, by sending them all."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", OURS)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "burnout-prod")
    with lines_of(redacted_logger()):
        _send_every_metric(ReportFixture(tmp_path).run_metrics())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"]) == (OURS, [["service"]])
        assert line["service"] == "burnout-prod"
    return {metric["Name"] for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}


def _send_every_metric(run: RunMetrics):
    for outcome in (*webhook_telemetry.COUNTED, "group"):
        with webhook_telemetry.reported(RequestTrace(outcome=outcome)) as trace:
            trace.stopwatch.stage_ms |= dict.fromkeys((*webhook_telemetry.TIMED, "press"), 1.0)
    with report_telemetry.reported() as run_metrics:
        for name in (*report_telemetry.COUNTED, "released"):
            run_metrics.add(name)
    canary: RunMetrics = probed()
    with report_telemetry.reported() as run_metrics:
        run_metrics.gauges = canary.gauges | run.gauges


@pytest.fixture(scope="session")
def alarms(of_type):
    return of_type("AWS::CloudWatch::Alarm")


@pytest.fixture(scope="session")
def watched(alarms):
    """(namespace, metric, what of it) of every alarm."""
    plain = [each for each in alarms.values() if "MetricName" in each]
    inside = [metric["MetricStat"]["Metric"] for each in alarms.values() for metric in each.get("Metrics", [])[:-1]]
    return [(each["Namespace"], each["MetricName"], each.get("Dimensions")) for each in (*plain, *inside)]


@pytest.fixture(scope="session")
def widgets(resources):
    """The dashboard, with every reference in it replaced by its own name."""
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(re.sub(r"\$\{([A-Za-z:.]+)\}", r"\1", body))["widgets"]


def shown(widgets):
    """The rows [namespace, metric, ...] of all the dashboard's graphs, without sums and repetitions."""
    rows = [row for widget in widgets for row in widget["properties"].get("metrics", [])]
    return [row for row in rows if isinstance(row[0], str) and row[0] != "..."]


def test_alarms_on_our_own_metrics_look_at_what_is_sent(watched, sent):
    ours = {metric for namespace, metric, _ in watched if namespace == OURS}

    assert ours <= sent
    assert {"Outcome.dead_letter", "CanaryOk", "PendingUpdates", "RunEnded", "Count.shards_unreadable"} <= ours


def test_alarms_look_at_them_under_the_dimension_that_they_are_sent_with(watched, template):
    service = template["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]

    ours = [dimensions for namespace, _, dimensions in watched if namespace == OURS]

    assert ours
    assert all(dimensions == [{"Name": "service", "Value": service}] for dimensions in ours)


def test_everything_that_is_sent_is_shown(widgets, sent):
    assert {row[1] for row in shown(widgets) if row[0] == OURS} == sent


def test_no_more_metrics_are_sent_than_they_are_worth(sent):
    assert len(sent) <= 22  # 0.30 USD a month each; the first ten of an account are free


def test_the_dashboard_shows_every_alarm_that_tells_somebody(widgets, alarms, of_type):
    telling = {
        name for name, each in (alarms | of_type("AWS::CloudWatch::CompositeAlarm")).items() if "AlarmActions" in each
    }

    (widget,) = [each for each in widgets if each["type"] == "alarm"]

    assert {each.removesuffix(".Arn") for each in widget["properties"]["alarms"]} == telling


def test_no_widget_covers_another(widgets):
    taken = [
        (x, y)
        for each in widgets
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]

    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_functions_errors_and_throttles_have_an_alarm(watched, function, metric):
    name = [{"Name": "FunctionName", "Value": {"Fn::Sub": f"burnout-${{Stage}}-{function}"}}]

    assert ("AWS/Lambda", metric, name) in watched


def test_every_queue_has_an_alarm(of_type, watched):
    queues = of_type("AWS::SQS::Queue")

    assert queues
    for queue in queues:
        dimensions = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
        assert ("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions) in watched


def test_every_schedule_has_a_place_for_what_could_not_be_delivered(of_type):
    schedules = of_type("AWS::Scheduler::Schedule")

    assert set(schedules) == {"Tick", "Canary", "Ping"}
    for schedule in schedules.values():
        assert schedule["Target"]["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["Dlq", "Arn"]}}
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}  # unquoted it would be false


def test_schedules_send_what_the_functions_take(of_type):
    said = {name: json.loads(each["Target"]["Input"]) for name, each in of_type("AWS::Scheduler::Schedule").items()}

    assert said == {
        "Tick": {"op": "due", "at_utc": "<aws.scheduler.scheduled-time>"},
        "Canary": {"op": "canary"},
        "Ping": CHECK,
    }


def test_what_no_data_means_is_said_for_every_alarm_and_is_bad_where_silence_is_the_failure(alarms):
    breaching = {name for name, each in alarms.items() if each["TreatMissingData"] == "breaching"}

    assert breaching == {"CanaryDown", "ReportSilent", "BackupMissing"}
    assert {each["TreatMissingData"] for each in alarms.values()} == {"breaching", "notBreaching"}


def test_an_alarm_tells_somebody_or_is_half_of_one_that_does(alarms, of_type):
    composites = of_type("AWS::CloudWatch::CompositeAlarm")
    halves = set(re.findall(r"\$\{(\w+)\}", "".join(each["AlarmRule"]["Fn::Sub"] for each in composites.values())))

    silent = {name for name, each in alarms.items() if "AlarmActions" not in each}

    assert silent == halves == {"Burn1h", "Burn5m", "Burn6h", "Burn30m"}


@pytest.mark.parametrize(
    ("pair", "rate", "periods_s", "told"),
    [("SloPage", 14.4, (3600, 300), PAGES), ("SloTicket", 6, (21600, 1800), TICKETS)],
)
def test_burn_rates_are_those_of_an_objective_of_99_9_per_cent(resources, alarms, pair, rate, periods_s, told):
    names = re.findall(r"\$\{(\w+)\}", resources[pair]["Properties"]["AlarmRule"]["Fn::Sub"])

    assert resources[pair]["Properties"]["AlarmActions"] == [told]
    assert tuple(alarms[name]["Metrics"][0]["MetricStat"]["Period"] for name in names) == periods_s
    for name in names:
        assert alarms[name]["Threshold"] == rate
        assert "(e/n)/0.001" in alarms[name]["Metrics"][-1]["Expression"]


def test_slow_answers_are_judged_by_their_95th_percentile_at_2_s(alarms):
    latency = alarms["Latency"]

    assert (latency["ExtendedStatistic"], latency["Threshold"], "Statistic" in latency) == ("p95", 2000, False)


def test_a_missing_token_raises_the_alarms_of_the_canary_and_of_reports_errors(alarms):
    """report refuses to start every five minutes, three tries each: no CanaryOk, and three errors a time."""
    assert alarms["CanaryDown"]["TreatMissingData"] == "breaching"
    assert (alarms["ReportErrors"]["Threshold"], alarms["ReportErrors"]["Period"]) == (3, 900)


def test_a_check_that_fails_is_a_dropped_event_and_two_of_three_page(alarms, functions, of_type):
    down, checks = alarms["InferDown"], of_type("AWS::Scheduler::Schedule")["Ping"]
    (dimension,) = down["Dimensions"]

    assert functions["infer"]["EventInvokeConfig"]["MaximumRetryAttempts"] == 0
    assert (down["MetricName"], dimension["Value"]) == ("AsyncEventsDropped", functions["infer"]["FunctionName"])
    assert (down["Statistic"], down["Threshold"]) == ("Sum", 1)
    assert (down["EvaluationPeriods"], down["DatapointsToAlarm"]) == (3, 2)
    assert checks["ScheduleExpression"] == f"rate({down['Period'] // 60} minutes)"
    assert down["AlarmActions"] == [PAGES]


def test_an_hour_of_too_few_requests_for_the_burn_rates_counts_errors_instead(alarms):
    few, burn = alarms["FewErrors"], alarms["Burn1h"]

    assert few["Metrics"][:2] == burn["Metrics"][:2]
    assert burn["Metrics"][-1]["Expression"].startswith("IF(n>50, ")
    assert few["Metrics"][-1]["Expression"] == "IF(n<=50, e, 0)"
    assert (few["Threshold"], few["AlarmActions"]) == (3, [TICKETS])


@pytest.mark.parametrize(
    ("alarm", "metric", "period_s", "periods"),
    [("ReportSilent", "RunEnded", 900, 4), ("BackupMissing", "NumberOfBackupJobsCompleted", 86400, 2)],
)
def test_what_should_have_happened_and_did_not_is_a_ticket(alarms, alarm, metric, period_s, periods):
    silent = alarms[alarm]

    assert (silent["MetricName"], silent["Statistic"], silent["AlarmActions"]) == (metric, "Sum", [TICKETS])
    assert (silent["Threshold"], silent["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert (silent["Period"], silent["EvaluationPeriods"], silent["DatapointsToAlarm"]) == (period_s, periods, periods)


def test_backups_are_looked_for_where_the_plan_puts_them(alarms, of_type):
    (plan,) = of_type("AWS::Backup::BackupPlan").values()
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]

    assert alarms["BackupMissing"]["Dimensions"] == [{"Name": "BackupVaultName", "Value": rule["TargetBackupVault"]}]


def test_broken_shards_are_found_by_the_outcomes_that_store_writes(of_type):
    from functions.store.errors import DamagedError, SchemaTooNewError, UnsafeDatabaseError

    filters = of_type("AWS::Logs::MetricFilter")

    assert {name: re.findall(r'"(\w+)"', each["FilterPattern"]) for name, each in filters.items()} == {
        "DamagedShards": [DamagedError.code],
        "BrokenShards": [SchemaTooNewError.code, UnsafeDatabaseError.code],
    }
    assert all(each["LogGroupName"] == {"Ref": "StoreLog"} for each in filters.values())


@pytest.mark.parametrize(("metric", "alarm"), [("DamagedShards", "ShardDamaged"), ("BrokenShards", "BrokenShardsSeen")])
def test_one_line_of_a_broken_shard_pages_whatever_comes_after_it(of_type, alarms, metric, alarm):
    (sent,) = of_type("AWS::Logs::MetricFilter")[metric]["MetricTransformations"]
    watching = alarms[alarm]

    assert (watching["Namespace"], watching["MetricName"]) == (sent["MetricNamespace"], sent["MetricName"])
    assert "DefaultValue" not in sent  # other lines would write zeros over it
    assert (watching["Statistic"], watching["Threshold"], watching["EvaluationPeriods"]) == ("Sum", 1, 1)
    assert (watching["TreatMissingData"], watching["AlarmActions"]) == ("notBreaching", [PAGES])


def test_the_page_about_a_damaged_shard_names_the_section_that_helps(alarms):
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")

    name, _, heading = alarms["ShardDamaged"]["AlarmDescription"].rpartition(": ")[2].partition(", ")

    assert name == "docs/operations.md"
    assert f"\n## {heading}\n" in page


def test_functions_go_back_by_themselves_on_their_alarms(functions):
    """But the page's: a tenth of its requests elsewhere would ask one release for the files of another."""
    assert "DeploymentPreference" not in functions["app"]
    for name in (each for each in FUNCTIONS if each != "app"):
        preference = functions[name]["DeploymentPreference"]
        assert preference["Type"].startswith("Canary10Percent")
        assert preference["Alarms"]


def test_infer_goes_back_on_errors_and_failed_checks_and_can_be_replaced_at_once(functions):
    preference = functions["infer"]["DeploymentPreference"]

    assert preference["Alarms"] == [{"Ref": "InferErrors"}, {"Ref": "InferDown"}]
    assert preference["Enabled"] == {"Ref": "GradualInfer"}


def test_store_is_replaced_at_once_unless_somebody_says_that_no_migration_is_in_it(template, functions):
    assert functions["store"]["DeploymentPreference"]["Enabled"] == {"Ref": "GradualStore"}
    assert template["Parameters"]["GradualStore"]["Default"] == "false"
