"""Docker and other programs where they are missing, broken or in use: scripts of these names replace them."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.stack import docker, image
from infra.stack.command import ROOT, StackToolError, UnavailableError, run


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Makes shell scripts that are found instead of the machine's programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    monkeypatch.setenv("DOCKER_PID_FILE", str(tmp_path / "docker.pid"))

    def make(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    return make


def with_docker(*command):
    """What .ci/with-docker and the command say, whose status is the command's own."""
    line = [ROOT / ".ci" / "with-docker", *command]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout + done.stderr


def test_machine_without_docker_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UnavailableError, match="docker is not installed"):
        docker.check()


@pytest.mark.parametrize(
    ("script", "reason"),
    [("exit 1", "no docker daemon answers"), ('[ "$1" = version ]', "lambda/python:3.13 is not here")],
    ids=["no daemon", "no image"],
)
def test_docker_that_cannot_be_used_says_why(programs, script, reason):
    programs("docker", script)

    with pytest.raises(UnavailableError, match=reason):
        docker.check()


@pytest.mark.parametrize(
    ("bridge", "address"),
    [
        ('{"Subnet":"172.20.0.0/16","Gateway":"172.20.0.9"}', "172.20.0.9"),
        ('{"Subnet":"172.20.0.0/16"}', "172.20.0.1"),
    ],
    ids=["known", "new"],
)
def test_bridge_of_a_daemon_that_has_only_just_started_has_its_first_address(programs, bridge, address):
    programs("docker", f"""echo '[{{"IPAM":{{"Config":[{bridge}]}}}}]'""")

    assert docker.gateway() == address


def test_command_line_of_a_container_shows_no_value_of_its_variables(programs):
    programs(
        "docker", """[ "$1" = run ] && { printenv ADDRESS; echo "$@"; } > "$(dirname "$0")/$1"; echo 127.0.0.1:1"""
    )
    folder = Path(os.get_exec_path()[0])

    with image.running("infer", "172.17.0.1", {"ADDRESS": "http://172.17.0.1/secret"}, user="1:1"):
        value, line = (folder / "run").read_text(encoding="utf-8").splitlines()

    assert value == "http://172.17.0.1/secret"
    assert "--env ADDRESS infer" in line
    assert "secret" not in line


def test_daemon_that_runs_is_used_and_left_alone(programs, tmp_path):
    programs("docker", "exit 0")
    programs("dockerd", f"touch {tmp_path}/started")

    assert "command" in with_docker("echo", "command")
    assert not (tmp_path / "started").exists()


def test_daemon_that_runs_and_does_not_answer_gets_no_second_one(programs, tmp_path):
    programs("docker", "exit 1")
    programs("dockerd", f"touch {tmp_path}/started")
    programs("id", "echo 0")
    (tmp_path / "docker.pid").write_text(str(os.getpid()), encoding="ascii")

    assert "does not answer this user" in with_docker("true")
    assert not (tmp_path / "started").exists()


def test_daemon_that_cannot_start_says_its_last_words(programs):
    programs("docker", "exit 1")
    programs("dockerd", "echo 'failed to start daemon: Devices cgroup is not mounted'; exit 1")
    programs("id", "echo 0")

    assert "Devices cgroup is not mounted" in with_docker("true")


def test_daemon_of_our_own_ends_with_its_use(programs, tmp_path):
    programs("docker", f"test -f {tmp_path}/pid")
    programs("dockerd", f"echo $$ > {tmp_path}/pid; exec sleep 60")
    programs("id", "echo 0")

    said = with_docker("sh", "-c", f'kill -0 "$(cat {tmp_path}/pid)" && echo it runs')

    assert "it runs" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="ascii")), 0)


def test_program_that_fails_is_told_with_the_end_of_what_it_said(programs):
    programs("mmdebstrap", "echo one; echo 'E: no space left' >&2; exit 25")

    with pytest.raises(StackToolError, match=r"mmdebstrap ended with 25\n(.|\n)*E: no space left"):
        run(["mmdebstrap"], limit_s=10)


def test_program_that_hangs_is_stopped(programs):
    programs("sam", "exec sleep 600")

    with pytest.raises(StackToolError, match="sam took longer than 1 s"):
        run(["sam"], limit_s=1)
