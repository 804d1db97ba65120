"""Handing out a file that somebody sent in, so that no browser runs what is in it."""

from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from contracts.files import content_type

# Should a browser show it nevertheless, it may do nothing and load nothing.
SANDBOX = "default-src 'none'; sandbox"


def download(file: FieldFile, name: str, *, inline: bool = False) -> FileResponse:
    """``file`` under ``name``, as a download; ``inline`` for pictures that a page of ours shows.

    Its type comes from our own table. Raises ``FileNotFoundError`` where the storage has lost it.
    """
    return _answer(file.open("rb"), name, content_type(name), inline=inline)


def handed_out(content: IO[bytes], name: str, *, picture: str = "") -> FileResponse:
    """The same for what is in no storage; ``picture`` is its type where its own bytes say that it is one."""
    return _answer(content, name, picture or content_type(name), inline=bool(picture))


def _answer(content: IO[bytes] | FieldFile, name: str, kind: str, *, inline: bool) -> FileResponse:
    response = FileResponse(content, as_attachment=not inline, filename=name, content_type=kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
