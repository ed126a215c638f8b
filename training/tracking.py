"""Runs in Weights & Biases: offline unless somebody is logged in. A failure there never stops a training run.

Tracked are an epoch's figures, the knobs, the data's hashes and the processor's name; no code, picture or path, and no
name of a host or a person. `wandb sync RUN/wandb/latest-run` sends later what was written offline.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

PROJECT: Final = "burnout-detector"
ID_FILE: Final = "wandb-id.txt"  # in the run's folder: a resumed run goes on under it
INIT_TIMEOUT_S: Final = 20  # the most that a server without an answer delays a run, once
FINISH_TIMEOUT_S: Final = 60  # and at its end; what was not sent stays on disk


class Tracker:
    """One run's figures in Weights & Biases. What fails there is said in one line, once, and training goes on."""

    def __init__(self, folder: Path, config: Mapping[str, Any], *, resume: bool) -> None:
        """`config` is what decided the run. With `resume` its id is that of the folder, if it has one."""
        self._run: Any = None
        with self._without_it_if_it_fails():
            self._run = started(folder, config, run_id=_run_id(folder, resume=resume))

    def catch_up(self, log: Path) -> None:
        """The epochs in a run's metrics.jsonl are tracked: wandb writes late, so that a killed run had lost its last.

        So the newest of several offline runs of one id has everything; online what is there already is left as it is.
        """
        with self._without_it_if_it_fails():
            for line in log.read_text().splitlines():
                self._log(json.loads(line))

    def log(self, metrics: Mapping[str, Any]) -> None:
        """The numbers among an epoch's metrics are tracked at that epoch."""
        with self._without_it_if_it_fails():
            self._log(metrics)

    def finish(self) -> None:
        """The run has ended well. One that is not finished counts as crashed."""
        with self._without_it_if_it_fails():
            if self._run:
                self._run.finish()

    def _log(self, metrics: Mapping[str, Any]) -> None:
        numbers = {name: value for name, value in metrics.items() if isinstance(value, int | float)}
        if self._run:
            self._run.log(numbers, step=metrics["epoch"])

    @contextmanager
    def _without_it_if_it_fails(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # any failure: the run is worth more than its tracking
            self._run = None
            print(f"Weights & Biases: {_one_line(error)}; the run goes on untracked", flush=True)


def started(folder: Path, config: Mapping[str, Any], *, run_id: str | None = None, job: str = "train") -> Any:
    """A new or continued wandb.Run with its files in the folder. Raises whatever wandb does."""
    _environment("WANDB_CACHE_DIR", str(folder / "wandb" / "cache"))  # its log would lie in the home folder
    how = mode()
    return _wandb().init(
        project=PROJECT,
        job_type=job,
        dir=folder,
        id=run_id,
        resume="allow" if how == "online" else None,  # offline the id alone says which run it belongs to
        mode=how,
        config=dict(config),
        settings=_settings(),
    )


def mode() -> Any:
    """WANDB_MODE if it is set, else "online" where somebody is logged in and "offline" where nobody is."""
    wandb = _wandb()
    asked = wandb.setup(_settings()).settings.mode
    # Not verified: that would ask the server, and wandb.init does so anyway.
    return asked if asked != "online" or wandb.login(prompt=False, verify=False) else "offline"


def _wandb() -> Any:
    _environment("WANDB_ERROR_REPORTING", "false")  # no stack traces to wandb's makers: they name paths
    import wandb  # noqa: PLC0415 - takes two seconds, and a broken one must not keep anybody from training

    return wandb


def _environment(name: str, value: str) -> None:
    """The two settings that wandb reads from the environment alone."""
    os.environ.setdefault(name, value)  # noqa: TID251


def _settings() -> Any:
    return _wandb().Settings(
        silent=True,
        console="off",
        save_code=False,
        disable_code=True,
        disable_git=True,
        disable_job_creation=True,
        host="",
        x_disable_machine_info=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
        init_timeout=INIT_TIMEOUT_S,
        finish_timeout=FINISH_TIMEOUT_S,
    )


def _run_id(folder: Path, *, resume: bool) -> str:
    path = folder / ID_FILE
    known = path.read_text().strip() if resume and path.is_file() else ""
    if not known:
        path.write_text(secrets.token_hex(4))
    return known or path.read_text()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
