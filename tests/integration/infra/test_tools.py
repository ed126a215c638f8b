"""Docker and Python 3.13 where they are missing, broken or taken: programs of these names stand in for the real."""

import os
import time

import pytest

from infra.stack import debian, docker
from infra.stack.command import StackToolError, UnavailableError, run


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Makes shell scripts that are found instead of the machine's programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    monkeypatch.setattr(docker, "_PID_FILE", tmp_path / "docker.pid")
    monkeypatch.setattr(docker, "BUILD", tmp_path)

    def make(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


def test_machine_without_docker_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnavailableError, match="docker is not installed"), docker.daemon():
        pass


def test_daemon_that_runs_is_used_and_left_alone(programs, tmp_path):
    programs("docker", "exit 0")
    programs("dockerd", f"touch {tmp_path}/started")

    with docker.daemon():
        pass

    assert not (tmp_path / "started").exists()


def test_daemon_that_runs_and_does_not_answer_gets_no_second_one(programs, tmp_path):
    programs("docker", "exit 1")
    programs("dockerd", f"touch {tmp_path}/started")
    (tmp_path / "docker.pid").write_text(str(os.getpid()), encoding="ascii")

    with pytest.raises(UnavailableError, match=r"runs .* and does not answer"), docker.daemon():
        pass

    assert not (tmp_path / "started").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a daemon")
def test_daemon_that_cannot_start_says_its_last_words(programs):
    programs("docker", "exit 1")
    programs("dockerd", "echo 'failed to start daemon: Devices cgroup is not mounted'; exit 1")

    with pytest.raises(UnavailableError, match="Devices cgroup is not mounted"), docker.daemon():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a daemon")
def test_daemon_of_our_own_ends_with_its_use(programs, tmp_path):
    programs("docker", f"test -f {tmp_path}/pid")
    programs("dockerd", f"echo $$ > {tmp_path}/pid; exec sleep 60")

    with docker.daemon():
        pid = int((tmp_path / "pid").read_text(encoding="ascii"))
        os.kill(pid, 0)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_python_of_that_name_that_does_not_run_is_passed_over(programs, monkeypatch):
    programs("python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    monkeypatch.setattr(debian, "_USUAL", ())

    found = debian.installed_python313()

    assert found is None or found.parent != programs("python3.13", "exit 127").parent


def test_python_that_runs_is_taken(programs, monkeypatch):
    working = programs("python3.13", "exit 0")
    monkeypatch.setattr(debian, "_USUAL", ())

    assert debian.installed_python313() == working


def test_program_that_fails_is_told_with_the_end_of_what_it_said(programs):
    programs("mmdebstrap", "echo one; echo 'E: no space left' >&2; exit 25")

    with pytest.raises(StackToolError, match=r"mmdebstrap ended with 25\n(.|\n)*E: no space left"):
        run(["mmdebstrap"], limit_s=10)


def test_program_that_hangs_is_stopped(programs):
    programs("sam", "exec sleep 60")
    started = time.monotonic()

    with pytest.raises(StackToolError, match="sam took longer than 1 s"):
        run(["sam"], limit_s=1)

    assert time.monotonic() - started < 10


def test_program_sees_nothing_of_the_users_account(programs, monkeypatch):
    programs("tell", 'echo "$AWS_PROFILE $TELEGRAM_BOT_TOKEN $AWS_ACCESS_KEY_ID"')
    monkeypatch.setenv("AWS_PROFILE", "real-account")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:real")

    assert run(["tell"], limit_s=10).output.split() == ["local"]
