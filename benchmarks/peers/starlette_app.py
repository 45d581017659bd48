"""Bare Starlette: the same two answers from memory, without validation, state or journal."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tempolor_spec import load_document, operations

_ANSWERS = {
    operation.operation_id: operation.definition["responses"]["200"]["content"]["application/json"]["examples"]
    for operation in operations(load_document())
    if operation.operation_id in {"get_music", "create_song"}
}


async def get_music(_request: Request) -> JSONResponse:
    """Answer a poll."""
    return JSONResponse(_ANSWERS["get_music"]["completed"]["value"])


async def create_song(request: Request) -> JSONResponse:
    """Answer an order: its JSON is parsed, and nothing more."""
    await request.json()
    return JSONResponse(_ANSWERS["create_song"]["ok"]["value"])


app = Starlette(
    routes=[
        Route("/v1/tempolor/music/song", create_song, methods=["POST"]),
        Route("/v1/tempolor/music/{job_id}", get_music),
    ]
)
