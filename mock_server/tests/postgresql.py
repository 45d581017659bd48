"""A PostgreSQL of the test run's own: one cluster for all its processes, and an empty schema for whoever asks.

`TEMPOLOR_TEST_POSTGRES=postgresql://...` names one that is there, whose user may create schemas. Otherwise the
programs of an installation are looked for; a cluster is made in a temporary folder, by an ordinary user, and listens on
a socket in that folder alone. The first process that needs it starts it, the last one stops it.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

VARIABLE = "TEMPOLOR_TEST_POSTGRES"
NOT_THERE = f"no PostgreSQL: make setup, and install Debian's postgresql or set {VARIABLE} to the URL of one"
SECONDS_TO_START = 30
UNSAFE_AND_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def programs() -> Path | None:
    """Return the folder with PostgreSQL's programs, the newest one's; Debian keeps them out of the PATH."""
    in_path = shutil.which("initdb")
    folders = [Path(in_path).resolve().parent] if in_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: -float(each.parent.name))
    return next((each for each in folders if (each / "initdb").exists() and (each / "pg_ctl").exists()), None)


class Cluster:
    """A cluster in a folder of its own."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self.folder = folder
        self._bin = bin_folder
        self._user = _ordinary_user()

    @classmethod
    def create(cls, bin_folder: Path, folder: Path | None = None) -> "Cluster":
        """Make a cluster, in a temporary folder unless one is named."""
        folder = folder or Path(tempfile.mkdtemp(prefix="tempolor-pg-"))
        folder.mkdir(exist_ok=True)
        cluster = cls(folder, bin_folder)
        if cluster._user is not None:
            shutil.chown(folder, cluster._user)
        cluster._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync")
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text("local all needs_password scram-sha-256\n" + rules.read_text())
        return cluster

    def start(self, options: str = UNSAFE_AND_FAST) -> None:
        """Start it, and wait until it answers."""
        listen = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' {options}"
        self._run(
            "pg_ctl", "start", "--wait", f"--timeout={SECONDS_TO_START}", f"--log={self.folder}/log", "-o", listen
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` as if the power went, `fast` as an administrator does."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def end_with(self, users: Path) -> None:
        """Have it stopped as soon as no process lives any more that a folder names: tests may be killed."""
        nowhere = subprocess.DEVNULL
        command = [sys.executable, __file__, self.folder, self._bin, users]
        subprocess.run(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, check=True)

    def stop_after(self, users: Path) -> None:
        """Wait until no process lives any more that a folder names, and stop it then, if nobody has."""
        while any(Path("/proc", each.name).exists() for each in users.glob("*")):
            time.sleep(1)
        if self.folder.exists():
            self.remove()

    def remove(self) -> None:
        """Stop it, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder)

    @property
    def url(self) -> str:
        """Its first database."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder), safe='')}"

    @property
    def socket(self) -> Path:
        """The socket it listens on."""
        return self.folder / ".s.PGSQL.5432"

    def program(self, name: str) -> Path:
        """Return one of the installation's programs."""
        return self._bin / name

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._bin / program, f"--pgdata={self.folder / 'data'}", *arguments]
        # The server keeps the files it gets: a pipe would never end.
        output = self.folder / f"{program}.txt"
        with output.open("w") as file:
            os.fchmod(file.fileno(), 0o666)
            done = subprocess.run(
                command,
                stdout=file,
                stderr=file,
                stdin=subprocess.DEVNULL,
                user=self._user,
                cwd=self.folder,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {output.read_text()}")


def _ordinary_user() -> str | None:
    """Return whom the server is run as, which must not be root; None for whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - Windows has none

    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def shared_cluster(common: Path) -> Iterator[str | None]:
    """Lend the cluster of all processes of a test run, whose common folder is named; None where there is none."""
    if find_spec("asyncpg") is None:
        yield None
        return
    if VARIABLE in os.environ:
        yield os.environ[VARIABLE]
        return
    bin_folder = programs()
    if bin_folder is None:
        yield None
        return
    users, note = common / "postgresql.users", common / "postgresql.folder"
    with _alone(common):
        users.mkdir(exist_ok=True)
        is_first = not any(users.iterdir())
        (users / str(os.getpid())).touch()
        if is_first:
            cluster = Cluster.create(bin_folder)
            cluster.start()
            note.write_text(str(cluster.folder))
            cluster.end_with(users)
        cluster = Cluster(Path(note.read_text()), bin_folder)
    try:
        yield cluster.url
    finally:
        with _alone(common):
            mine = users / str(os.getpid())
            if [*users.iterdir()] == [mine]:
                cluster.remove()
            mine.unlink()


@contextmanager
def _alone(common: Path) -> Iterator[None]:
    """Keep the other processes of the test run out."""
    lock = common / "postgresql.lock"
    deadline = time.monotonic() + 2 * SECONDS_TO_START
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            assert time.monotonic() < deadline, f"{lock} was left behind"
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.rmdir()


def execute(url: str, *statements: str) -> None:
    """Run statements in a database."""
    asyncio.run(_run(url, statements))


def fetch(url: str, statement: str) -> Any:
    """Return what a statement says in its first row and column."""
    return asyncio.run(_run(url, (), statement))


async def _run(url: str, statements: Iterable[str], last: str = "SELECT 1") -> Any:
    import asyncpg  # noqa: PLC0415 - an extra, which only those need who get here

    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    value = await connection.fetchval(last)
    await connection.close()
    return value


class Schemas:
    """Schemas of a database. Those that are given back are emptied and lent again: making tables takes long."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix
        self._made = 0
        self._free: list[str] = []

    def take(self) -> str:
        """Return the URL of a schema without worlds, with the tables or still without them."""
        if self._free:
            return self._free.pop()
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        execute(self._url, f"CREATE SCHEMA {name}")
        return f"{self._url}{'&' if '?' in self._url else '?'}search_path={name}"

    def give_back(self, urls: Iterable[str]) -> None:
        """Empty schemas for the next one."""
        for url in urls:
            execute(url, *(f"DELETE FROM tempolor_{table}" for table in ("worlds", "journals", "requests")))
            self._free.append(url)

    def drop(self) -> None:
        """Delete all of them, in a database that outlives the tests."""
        if VARIABLE in os.environ:
            execute(self._url, *(f"DROP SCHEMA {self._prefix}_{each + 1} CASCADE" for each in range(self._made)))


if __name__ == "__main__" and os.fork() == 0:  # Whoever asked does not wait.
    Cluster(Path(sys.argv[1]), Path(sys.argv[2])).stop_after(Path(sys.argv[3]))
