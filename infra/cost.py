"""What a month costs, by service, from a dated price file and the times that one photo takes.

    python -m infra.cost --photos-per-month 60000 --users 1000
    python -m infra.cost --photos-per-month 7200000 --users 120000 --peak-per-minute 1000 --setting lean
    python -m infra.cost --cases                          the four of README

`--setting` is an environment of samconfig.toml: what the template would be set to. `--bound lower` takes this machine's
times instead of the estimates for Lambda; `--bound upper` takes what EFS would meter if no page came from a cache. The
formulae are those of docs/decisions/0009.
"""

import argparse
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from infra.templates import read

_HERE: Final = Path(__file__).parent
SAMCONFIG: Final = _HERE.parent / "samconfig.toml"
BUDGET_USD: Final = 200
_MONTH_S: Final = 730 * 3600
_DAYS: Final = 30
_MIB: Final = 2**20  # KiB in a GiB, too
_READS_COUNT: Final = 1 / 3  # on provisioned throughput
_CORE_GB: Final = 1769 / 1024  # the memory that comes with one whole core: infer's and report's

Table = dict[str, float]  # service -> USD a month
Figures = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """What people do in a month."""

    photos: int
    users: int = 0
    peak_per_minute: float = 0.0


@dataclass(frozen=True)
class Setting:
    """What the template is set to, as far as it costs."""

    efs_mode: str = "elastic"
    efs_mibps: float = 8
    webhook_mb: int = 512
    zip_architecture: str = "x86_64"
    infer_provisioned: int = 0
    tracing: bool = True
    quiet: bool = False
    backup_days: int = 35

    @classmethod
    def of(cls, environment: str) -> "Setting":
        """The setting of an environment of samconfig.toml. Raises: KeyError when there is none of this name."""
        values = {name: each.get("Default") for name, each in read()["Parameters"].items()}
        config = tomllib.loads(SAMCONFIG.read_text(encoding="utf-8"))[environment]
        overrides = config["deploy"]["parameters"]["parameter_overrides"]
        values |= dict(override.split("=", 1) for override in overrides if not override.startswith("file:"))
        return cls(
            efs_mode=values["EfsThroughputMode"],
            efs_mibps=float(values["EfsProvisionedMibps"]),
            webhook_mb=int(values["WebhookMemoryMb"]),
            zip_architecture=values["ZipArchitecture"],
            infer_provisioned=int(values["InferProvisioned"]),
            tracing=values["Tracing"] == "Active",
            quiet=values["CalleesLogLevel"] == "WARN",
            backup_days=int(values["BackupDays"]),
        )


@dataclass(frozen=True)
class Month:
    """One month: load, setting, prices and what one photo needs."""

    load: Load
    setting: Setting
    prices: Figures
    measures: Figures
    durations: str = "estimated"

    @property
    def _others(self) -> float:
        """Updates that are no photos, for each photo."""
        return float(self.measures["photo"]["others"])

    @property
    def _opens(self) -> float:
        return float(self.load.users * self.measures["page"]["opens_a_person"])

    @property
    def _reports(self) -> float:
        return float(self.load.users * self.measures["schedule"]["reports_a_person"])

    def table(self) -> Table:
        """USD for each service."""
        return {
            "API": self.load.photos * (1 + self._others) * self.prices["api"]["request"],
            "Lambda requests": self._requests(),
            **self._compute(),
            "warm infer": self._warm(),
            "S3": self._s3(),
            "EFS operations": self._efs_operations(),
            "EFS data": self._efs_data(),
            "schedules and reports": self._scheduled(),
            "page": self._page(),
            "transfer out": self._transfer(),
            "logs": self._logs(),
            "X-Ray": self._traces(),
            "fixed": self._fixed(),
        }

    def needed_mibps(self) -> float:
        """The provisioned throughput of the file system that the peak needs; reads count a third."""
        efs = self.measures["efs"]
        commits = (1 + self._others) * (efs["commit_write"] + efs["commit_read"] * _READS_COUNT)
        return self.load.peak_per_minute / 60 / 1024 * float(commits + efs["read_only"] * _READS_COUNT)

    def _requests(self) -> float:
        photo, other = 4, 2  # webhook, begin, infer, record; webhook, store
        asked = self.load.photos * (photo + other * self._others)
        return _paid(asked, self.prices["lambda"]["free_requests"], self.prices["lambda"]["request"])

    def _compute(self) -> Table:
        prices, takes = self.prices["lambda"], self.measures["durations"][self.durations]
        photos, others = self.load.photos, self._others
        webhook_s = takes["webhook_photo"] + takes["webhook_other"] * others
        store_s = takes["begin"] + takes["record"] * (1 + others)
        gb_s = {
            "webhook": photos * webhook_s * self.setting.webhook_mb / 1024,
            "infer": photos * takes["infer"] * _CORE_GB,
            "store": photos * store_s * 512 / 1024,
        }
        paid = max(0.0, 1 - prices["free_gb_s"] / max(sum(gb_s.values()), 1.0))
        price = dict.fromkeys(gb_s, prices[self.setting.zip_architecture]) | {"infer": prices["x86_64"]}
        return {name: used * price[name] * paid for name, used in gb_s.items()}

    def _warm(self) -> float:
        kept = self.setting.infer_provisioned * _CORE_GB * _MONTH_S
        return kept * float(self.prices["lambda"]["provisioned_gb_s"])

    def _s3(self) -> float:
        prices, photo = self.prices["s3"], self.measures["photo"]
        days = (1 - photo["donated"]) * photo["days_kept"] + photo["donated"] * photo["donated_days"]
        kept_gb = self.load.photos / _DAYS * photo["megabytes"] / 1000 * days
        return float(self.load.photos * (prices["put"] + prices["get"]) + kept_gb * prices["gb_month"])

    def _efs_operations(self) -> float:
        if self.setting.efs_mode == "provisioned":
            return self.setting.efs_mibps * float(self.prices["efs"]["provisioned_mibps"])
        if self.setting.efs_mode == "bursting":
            return 0.0
        return self._elastic(commits=self.load.photos * (1 + self._others), reads=self.load.photos)

    def _elastic(self, *, commits: float, reads: float) -> float:
        """So many writing and reading transactions on elastic throughput."""
        prices, efs = self.prices["efs"], self.measures["efs"]
        commit = efs["commit_write"] * prices["write_gib"] + efs["commit_read"] * prices["read_gib"]
        return float((commits * commit + reads * efs["read_only"] * prices["read_gib"]) / _MIB)

    def _efs_data(self) -> float:
        """The databases and their backups. Every file changes every day, so each day's backup has all of them anew."""
        prices = self.prices["efs"]
        kept_gb = self.load.photos * 12 * self.measures["photo"]["row_bytes"] * 1e-9
        return float(1 + kept_gb * (prices["gb_month"] + self.setting.backup_days * prices["backup_gb_month"]))

    def _transfer(self) -> float:
        """Answers and charts on their way to Telegram, the page on its way to people."""
        prices, kb = self.prices["transfer"], self.measures["transfer"]
        kb_out = self.load.photos * (1 + self._others) * kb["answer"] + self._reports * kb["report"]
        return _paid((kb_out + self._opens * kb["page"]) * 1e-6, prices["free_gb"], prices["gb"])

    def _scheduled(self) -> float:
        """Ticks, canaries and everybody's weekly report, without what is free of charge."""
        plan, prices = self.measures["schedule"], self.prices["lambda"]
        asked = plan["ticks"] * plan["shards"] + plan["canaries"] + self._reports
        requests = asked + plan["ticks"] + plan["canaries"] * 2 + self._reports * (1 + plan["report_commits"])
        report_gb_s = (plan["ticks"] * plan["tick_s"] + self._reports * plan["report_s"]) * _CORE_GB
        store_gb_s = asked * self.measures["durations"][self.durations]["begin"] * 512 / 1024
        compute = (report_gb_s + store_gb_s) * prices[self.setting.zip_architecture]
        commits = self._reports * plan["report_commits"]
        efs = self._elastic(commits=commits, reads=asked) if self.setting.efs_mode == "elastic" else 0.0
        return float(requests * prices["request"] + compute + efs)

    def _page(self) -> float:
        """The Mini App's requests and what they ask of store, without what is free of charge."""
        page, prices, takes = self.measures["page"], self.prices["lambda"], self.measures["durations"][self.durations]
        each = page["requests"] * self.prices["api"]["request"] + (page["requests"] + page["calls"]) * prices["request"]
        gb_s = (page["questions"] * takes["app"] + page["calls"] * takes["begin"]) * 512 / 1024
        kb = page["log_quiet" if self.setting.quiet else "log"]
        each += gb_s * prices[self.setting.zip_architecture] + kb * 1e-6 * self.prices["logs"]["gb"]
        if self.setting.efs_mode == "elastic":
            each += self._elastic(commits=page["commits"], reads=page["calls"])
        return float(self._opens * each)

    def _logs(self) -> float:
        kb, ending = self.measures["logs"], "_quiet" if self.setting.quiet else ""
        gb = self.load.photos * (kb[f"photo{ending}"] + kb[f"other{ending}"] * self._others) * 1e-6
        return _paid(gb, self.prices["logs"]["free_gb"], self.prices["logs"]["gb"])

    def _traces(self) -> float:
        """X-Ray takes the first request of a second and 5 % of the others."""
        if not self.setting.tracing:
            return 0.0
        requests = self.load.photos * (1 + self._others) + self._opens * self.measures["page"]["requests"]
        seconds = 2.6e6
        traces = min(requests, seconds * (1 - math.exp(-requests / seconds)) + 0.05 * requests)
        return _paid(traces, self.prices["xray"]["free_traces"], self.prices["xray"]["trace"])

    def _fixed(self) -> float:
        watch, other, count = self.prices["cloudwatch"], self.prices["other"], self.measures["metrics"]
        metrics = _paid(count["sent"], watch["free_metrics"], watch["metric"])
        alarms = _paid(count["alarms"], watch["free_alarms"], watch["alarm"])
        composite = count["composite_alarms"] * watch["composite_alarm"]
        image = 0.5 * other["image_gb_month"]
        kms = self.load.photos * 0.01 * other["kms_request"]  # the bucket's key spares 99 % of them
        return float(metrics + alarms + composite + other["key"] + other["secret"] + image + kms)


def _paid(used: float, free: float, price: float) -> float:
    return max(0.0, used - free) * price


CASES: Final = (
    ("1,000 users, two photos a day", Load(60_000, 1_000, 60), "prod"),
    ("10,000 users, two photos a day", Load(600_000, 10_000, 300), "prod"),
    ("1000 photos a minute at the peak, a sixth of it in the mean", Load(7_200_000, 120_000, 1000), "lean"),
    ("1000 photos a minute round the clock", Load(43_200_000, 720_000, 1000), "lean"),
)


def month(load: Load, environment: str, bound: str = "") -> Month:
    """The month of a load in an environment of samconfig.toml, at the newest prices; estimated without a bound."""
    prices = _figures(sorted(_HERE.glob("prices.*.toml"))[-1])
    estimated = Month(load, Setting.of(environment), prices, _figures(_HERE / "measures.toml"))
    return {"": estimated, "lower": replace(estimated, durations="measured"), "upper": upper(estimated)}[bound]


def upper(estimated: Month) -> Month:
    """The month if EFS metered all that our traces count, with as much throughput as its peak then needs."""
    measures = estimated.measures
    most = replace(estimated, measures=measures | {"efs": measures["efs_upper"]})
    mibps = max(estimated.setting.efs_mibps, math.ceil(most.needed_mibps()))
    return replace(most, setting=replace(estimated.setting, efs_mibps=mibps))


def _figures(path: Path) -> Figures:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def as_text(asked: Month) -> str:
    """The table, its sum and what the sum means."""
    table = asked.table()
    lines = [f"{name:<24}{usd:>9.2f}" for name, usd in table.items() if usd >= 0.005]
    total = sum(table.values())
    largest = max(table, key=lambda name: table[name])
    lines += [f"{'USD a month':<24}{total:>9.2f}", f"largest: {largest}, {table[largest] / total:.0%}"]
    needed = asked.needed_mibps()
    if asked.setting.efs_mode == "provisioned" and needed > asked.setting.efs_mibps:
        lines.append(f"NOT ENOUGH: the peak needs {needed:.1f} MiB/s of EFS, {asked.setting.efs_mibps:.0f} are set")
    lines.append(f"{'within' if total <= BUDGET_USD else 'OVER'} {BUDGET_USD} USD; prices of {asked.prices['as_of']}")
    return "\n".join([*lines, asked.prices["elsewhere"]])


def cases() -> str:
    """README's table."""
    lines = [
        "| month | photos | setting | USD | lower bound | upper bound | largest |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, load, environment in CASES:
        table = month(load, environment).table()
        total, *bounds = (sum(month(load, environment, bound).table().values()) for bound in ("", "lower", "upper"))
        largest = max(table, key=lambda service: table[service])
        usd = " | ".join(f"{each:.0f}" for each in (total, *bounds))
        lines.append(f"| {name} | {load.photos:,} | {environment} | {usd} | {largest}, {table[largest] / total:.0%} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m infra.cost", description=__doc__.split("\n")[0])
    parser.add_argument("--photos-per-month", type=int, default=60_000)
    parser.add_argument("--users", type=int, default=1_000, help="who get a weekly report, and open the page")
    parser.add_argument("--peak-per-minute", type=float, default=0.0)
    parser.add_argument("--setting", choices=["dev", "prod", "lean"], default="prod")
    parser.add_argument("--bound", choices=["lower", "upper"], default="")
    parser.add_argument("--cases", action="store_true", help="the four cases of README")
    asked = parser.parse_args(arguments)
    load = Load(asked.photos_per_month, asked.users, asked.peak_per_minute)
    print(cases() if asked.cases else as_text(month(load, asked.setting, asked.bound)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
