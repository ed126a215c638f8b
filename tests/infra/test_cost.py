"""The cost calculator: its formulae against a table that was made by hand, its inputs against template and code."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report import metrics as report_telemetry
from functions.webhook import telemetry as webhook_telemetry
from infra import cost
from infra.cost import BUDGET_USD, CASES, Load, Month, Setting, month

PRICES = tomllib.loads((cost._HERE / "prices.2026-11.toml").read_text(encoding="utf-8"))
OURS = tomllib.loads((cost._HERE / "measures.toml").read_text(encoding="utf-8"))
# The hand-made table had no donated photos, one backup, and estimated the log's size.
BY_HAND = OURS | {
    "photo": OURS["photo"] | {"donated": 0.0},
    "logs": {"photo": 1.6, "other": 0.8, "photo_quiet": 0.5, "other_quiet": 0.25},
}
PROD = Setting(backup_days=1)
WARM = replace(PROD, infer_provisioned=1)
PROVISIONED = replace(PROD, efs_mode="provisioned")
LEAN = Setting("provisioned", 8, 256, "arm64", 1, tracing=False, quiet=True, backup_days=1)
ROWS = ("API", "Lambda requests", "webhook", "infer", "store", "warm infer", "S3", "EFS operations", "EFS data")


def table(photos, setting):
    """The rows of the hand-made table, in its order; its last but one is logs and X-Ray together."""
    made = Month(Load(photos), setting, PRICES, BY_HAND).table()
    return [made[row] for row in ROWS] + [made["logs"] + made["X-Ray"]]


@pytest.mark.parametrize(
    ("photos", "setting", "by_hand"),
    [
        (60_000, PROD, [0.1, 0, 0, 0, 0, 0, 0.3, 1.8, 1.1, 0]),
        (900_000, PROD, [1.5, 0.7, 1.3, 0.9, 0.2, 0, 5.0, 27.0, 2.1, 5.1]),
        (7_200_000, WARM, [12.0, 7.0, 35.9, 24.4, 4.3, 18.9, 39.8, 216.2, 10.1, 20.4]),
        (7_200_000, replace(WARM, efs_mode="provisioned"), [12.0, 7.0, 35.9, 24.4, 4.3, 18.9, 39.8, 57.6, 10.1, 20.4]),
        (7_200_000, LEAN, [12.0, 7.0, 13.8, 23.5, 3.3, 18.9, 39.8, 57.6, 10.1, 0]),
        (43_200_000, PROVISIONED, [71.9, 43.0, 233.9, 159.2, 28.2, 0, 238.6, 57.6, 55.4, 75.1]),
    ],
    ids=["60 k", "900 k", "7.2 M elastic", "7.2 M provisioned", "7.2 M lean", "43.2 M provisioned"],
)
def test_each_service_costs_what_the_table_made_by_hand_says(photos, setting, by_hand):
    assert table(photos, setting) == pytest.approx(by_hand, abs=0.06)


def test_elastic_throughput_round_the_clock_costs_six_budgets():
    assert table(43_200_000, PROD)[ROWS.index("EFS operations")] == pytest.approx(1297, abs=1)


@pytest.mark.parametrize(("days", "by_hand"), [(1, 10.1), (7, 17.8), (35, 54.1)])
def test_each_day_of_backups_is_a_whole_copy(days, by_hand):
    """7.2 million photos a month are 21.6 GB after a year: 7.78 USD kept, 1.30 a copy, 1 for the least there is."""
    assert table(7_200_000, replace(LEAN, backup_days=days))[ROWS.index("EFS data")] == pytest.approx(by_hand, abs=0.06)


def test_answers_charts_and_the_page_leave_for_nothing_up_to_100_gb():
    def transfer(photos, users):
        return Month(Load(photos, users), LEAN, PRICES, OURS).table()["transfer out"]

    assert transfer(7_200_000, 120_000) == 0
    answers_gb, charts_gb = 72 * 1.5 * OURS["transfer"]["answer"], 1.2 * 4.35 * OURS["transfer"]["report"]
    page_gb = 1.2 * OURS["page"]["opens_a_person"] * OURS["transfer"]["page"]
    assert transfer(72_000_000, 1_200_000) == pytest.approx(0.09 * (answers_gb + charts_gb + page_gb - 100))


def test_openings_of_the_page_cost_what_a_sum_by_hand_says():
    """A million: requests 5.55, invocations 2.80, compute 2.90, logs 2.00, half a write each 8.89, nine reads 30.21."""
    by_hand = 5.55 + 2.80 + 2.90 + 2.00 + 8.89 + 30.21

    assert Month(Load(0, 1_000_000), PROD, PRICES, OURS).table()["page"] == pytest.approx(1.1 * by_hand, abs=0.05)
    lean = Month(Load(0, 1_000_000), LEAN, PRICES, OURS).table()["page"]
    assert lean == pytest.approx(1.1 * (by_hand - 0.2 * 2.90 - (2.00 - 0.91) - 8.89 - 30.21), abs=0.05)


def test_the_peak_needs_less_throughput_than_lean_provides():
    asked = Month(Load(7_200_000, 0, 1000), LEAN, PRICES, BY_HAND)

    assert asked.needed_mibps() == pytest.approx(6.3, abs=0.05)
    assert asked.needed_mibps() < Setting.of("lean").efs_mibps


loads = st.builds(Load, st.integers(0, 10**8), st.integers(0, 10**6))
settings = st.builds(
    Setting,
    efs_mode=st.sampled_from(["elastic", "provisioned", "bursting"]),
    webhook_mb=st.sampled_from([256, 512, 1769]),
    zip_architecture=st.sampled_from(["x86_64", "arm64"]),
    infer_provisioned=st.integers(0, 40),
    tracing=st.booleans(),
    quiet=st.booleans(),
    backup_days=st.integers(7, 35),
)


@given(loads, settings, st.integers(1, 10**7))
def test_more_photos_never_cost_less(load, setting, more):
    less = sum(Month(load, setting, PRICES, OURS).table().values())
    greater = replace(load, photos=load.photos + more)

    assert sum(Month(greater, setting, PRICES, OURS).table().values()) >= less


@given(loads, settings)
def test_nothing_costs_less_than_nothing(load, setting):
    assert all(usd >= 0 for usd in Month(load, setting, PRICES, OURS).table().values())


@given(loads, settings)
def test_saving_settings_save(load, setting):
    def total(**changed):
        return sum(Month(load, replace(setting, **changed), PRICES, OURS).table().values())

    assert total(tracing=False) <= total(tracing=True)
    assert total(quiet=True) <= total(quiet=False)
    assert total(infer_provisioned=0) <= total(infer_provisioned=1)


@given(loads, settings, st.integers(0, 5000))
def test_estimate_lies_between_its_bounds(load, setting, peak_per_minute):
    estimated = Month(replace(load, peak_per_minute=peak_per_minute), setting, PRICES, OURS)
    lower, upper = replace(estimated, durations="measured"), cost.upper(estimated)

    sums = [sum(each.table().values()) for each in (lower, estimated, upper)]
    assert sums == pytest.approx(sorted(sums))
    assert upper.needed_mibps() <= upper.setting.efs_mibps or upper.setting.efs_mode != "provisioned"


def test_upper_bound_of_lean_is_said_and_is_over_the_budget():
    """Our traces need 11.45 MiB/s at the peak, so 12 and not 8: what AWS meters decides."""
    (load,) = (load for _, load, environment in CASES if (environment, load.users) == ("lean", 120_000))
    estimated, upper = month(load, "lean"), month(load, "lean", "upper")

    assert upper.needed_mibps() == pytest.approx(11.45, abs=0.01)
    assert sum(upper.table().values()) - sum(estimated.table().values()) == pytest.approx(4 * 7.2)
    assert sum(upper.table().values()) > BUDGET_USD


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_every_case_but_the_one_that_nobody_asks_for_is_within_the_budget(case):
    name, load, environment = case

    total = sum(month(load, environment).table().values())

    assert (total <= BUDGET_USD) == ("round the clock" not in name)


def test_the_lean_environment_is_lean():
    lean = Setting.of("lean")

    assert lean == replace(LEAN, infer_provisioned=0, backup_days=7)
    assert Setting.of("prod") == Setting()


def test_metrics_are_counted_as_they_are_sent():
    of_webhook = len(webhook_telemetry.COUNTED) + 1 + len(webhook_telemetry.TIMED)
    of_report = len(report_telemetry.COUNTED) + 3  # CanaryOk, PendingUpdates, RunEnded
    of_the_log = 2  # DamagedShards, BrokenShards

    assert OURS["metrics"]["sent"] == of_webhook + of_report + of_the_log


def test_alarms_are_counted_as_they_are_billed(of_type):
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    looked_at = [len(each["Metrics"]) - 1 if "Metrics" in each else 1 for each in alarms]

    assert OURS["metrics"]["alarms"] == sum(looked_at)
    assert OURS["metrics"]["composite_alarms"] == len(of_type("AWS::CloudWatch::CompositeAlarm"))


def test_the_memory_of_functions_is_the_templates(functions):
    assert functions["infer"]["MemorySize"] == functions["report"]["MemorySize"] == 1769
    assert functions["store"]["MemorySize"] == functions["app"]["MemorySize"] == 512


def test_the_command_says_the_sum_and_what_it_means(capsys):
    assert cost.main(["--photos-per-month", "7200000", "--users", "120000", "--peak-per-minute", "1000"]) == 0
    assert "OVER 200 USD" in capsys.readouterr().out
    assert cost.main(["--photos-per-month", "43200000", "--peak-per-minute", "2000", "--setting", "lean"]) == 0
    assert "NOT ENOUGH: the peak needs 12.6 MiB/s" in capsys.readouterr().out


def test_readme_shows_what_the_command_says(capsys):
    cost.main(["--cases"])

    said = capsys.readouterr().out
    assert said.strip() in (cost.SAMCONFIG.parent / "README.md").read_text(encoding="utf-8")
