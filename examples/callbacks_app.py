"""A web app that is told how its songs get on, in place of asking again and again.

    tempolor mock &
    export TEMPOLOR_BASE_URL=http://127.0.0.1:4010 USEAPI_TOKEN=user:12345-demo
    export PUBLIC_URL=http://127.0.0.1:8000
    uvicorn --factory callbacks_app:from_environment

    curl -d 'A lighthouse waltz' http://127.0.0.1:8000/songs
    curl http://127.0.0.1:8000/songs

PUBLIC_URL is where the service can reach this app. Reports are not signed: each order gets a secret address of its own,
and what a report says is shown, but a song is only saved when the service itself says that it is complete.
What this app knows is gone when it ends; one for real users keeps it in a database.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from tempolor_client import AsyncTemPolor, TemPolorError, parse_callback
from tempolor_client.errors import BadRequestError, CallbackError
from tempolor_client.models import ProgressReport

logger = logging.getLogger(__name__)


@dataclass
class Piece:
    """One job of an order, as far as it was told of."""

    status: str = "ORDERED"
    progress: int = 0
    final: bool = False
    file: str | None = None
    problem: str | None = None


@dataclass
class Song:
    """An order and its pieces, by their jobs' ids."""

    number: int
    prompt: str
    pieces: dict[str, Piece] = field(default_factory=dict)


class Songs:
    """All orders, and what is done about them."""

    def __init__(self, client: AsyncTemPolor, folder: Path, public_url: str) -> None:
        self.folder = folder
        self._client = client
        self._public_url = public_url.rstrip("/")
        self._by_secret: dict[str, Song] = {}
        self.saving: asyncio.TaskGroup

    @property
    def all(self) -> list[Song]:
        """Every order, oldest first."""
        return list(self._by_secret.values())

    async def order(self, prompt: str) -> Song:
        """Order a song; what becomes of it is reported."""
        secret = secrets.token_urlsafe()
        # Known before it is ordered: the first report may be faster than the answer to the order.
        song = self._by_secret[secret] = Song(len(self._by_secret) + 1, prompt)
        try:
            order = await self._client.songs.create(prompt, reply_url=f"{self._public_url}/reports/{secret}")
        except TemPolorError:
            del self._by_secret[secret]
            raise
        for job_id in order.jobs:
            song.pieces.setdefault(job_id, Piece())
        return song

    def of(self, secret: str) -> Song | None:
        """Return the order whose reports come to a secret address."""
        return self._by_secret.get(secret)

    def hear(self, song: Song, report: ProgressReport) -> None:
        """Take a report, and begin to save the music when it is the last one."""
        job_id = str(report.job_id)
        piece = song.pieces.setdefault(job_id, Piece())
        if piece.final:
            return  # reports may come twice
        piece.status = report.status_name or piece.status
        piece.progress = report.progress or piece.progress
        piece.final = bool(report.status_final)
        if piece.final:
            # The service waits for an answer to its report, so what takes long comes after it.
            self.saving.create_task(self._save(piece, job_id))

    async def _save(self, piece: Piece, job_id: str) -> None:
        target = self.folder / f"{job_id.rpartition(':')[2]}.mp3"
        try:
            # Looks at the job itself first, and fails if that has no music.
            await self._client.music.wait(job_id)
            await self._client.music.download(job_id, target)
        except TemPolorError as error:
            logger.warning("no music: %s", error)
            piece.problem = str(error)
        else:
            piece.file = target.name


async def order(request: Request) -> Response:
    """Order a song for the prompt in the body."""
    songs: Songs = request.app.state.songs
    try:
        song = await songs.order((await request.body()).decode(errors="replace"))
    except BadRequestError as error:
        raise HTTPException(400, error.error) from error
    except TemPolorError as error:
        raise HTTPException(502, str(error)) from error
    return JSONResponse(asdict(song), 201)


async def show(request: Request) -> Response:
    """Show all songs."""
    songs: Songs = request.app.state.songs
    return JSONResponse([asdict(song) for song in songs.all])


async def play(request: Request) -> Response:
    """Send the music of a piece that was saved."""
    songs: Songs = request.app.state.songs
    name = request.path_params["name"]
    if name not in {piece.file for song in songs.all for piece in song.pieces.values()}:
        raise HTTPException(404)
    return FileResponse(songs.folder / name)


async def hear(request: Request) -> Response:
    """Take a report of the service."""
    songs: Songs = request.app.state.songs
    song = songs.of(request.path_params["secret"])
    if song is None:
        raise HTTPException(404)
    try:
        songs.hear(song, parse_callback(await request.body()))
    except CallbackError as error:
        raise HTTPException(400, str(error)) from error
    return Response(status_code=204)


def create_app(client: AsyncTemPolor, folder: Path, public_url: str) -> Starlette:
    """Return the app; it closes the client when it ends."""
    songs = Songs(client, folder, public_url)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        # At its end the app saves what it has begun to save.
        async with client, asyncio.TaskGroup() as songs.saving:
            # The mock starts without an account; the live service has yours.
            if client.base_url.startswith("http://127.0.0.1") and not await client.accounts.list():
                await client.accounts.create({})
            yield

    routes = [
        Route("/songs", order, methods=["POST"]),
        Route("/songs", show),
        Route("/files/{name}", play),
        Route("/reports/{secret}", hear, methods=["POST"]),
    ]
    app = Starlette(routes=routes, lifespan=life)
    app.state.songs = songs
    return app


def from_environment() -> Starlette:
    """Return the app for the service, address and folder that the environment names."""
    folder = Path(os.environ.get("SONGS_FOLDER", "songs"))
    folder.mkdir(parents=True, exist_ok=True)
    return create_app(AsyncTemPolor(), folder, os.environ["PUBLIC_URL"])
