"""Handing out a file that somebody sent in, so that no browser runs what is in it."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from contracts.files import content_type

# Should a browser show it nevertheless, it may do nothing and load nothing.
SANDBOX = "default-src 'none'; sandbox"


def download(file: FieldFile, name: str, *, inline: bool = False) -> FileResponse:
    """``file`` under ``name``, as a download; ``inline`` for pictures that a page of ours shows.

    Its type comes from our own table. Raises ``FileNotFoundError`` where the storage has lost it.
    """
    response = FileResponse(
        file.open("rb"), as_attachment=not inline, filename=name, content_type=content_type(name)
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
