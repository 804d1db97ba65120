"""Files that were stored for rows which then were not: they are deleted again, for nothing leads to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models.fields.files import FieldFile

_stored: ContextVar[list[FieldFile] | None] = ContextVar("stored", default=None)


@contextmanager
def none_left_behind() -> Iterator[None]:
    """Where the block fails, or the commit at its end, the files that were noted in it are deleted.

    To stand around the transaction. Within another such block what went well is that one's to answer for.
    """
    around, own = _stored.get(), list[FieldFile]()
    token = _stored.set(own)
    try:
        yield
    except BaseException:
        for file in own:
            file.delete(save=False)
        raise
    else:
        if around is not None:
            around.extend(own)
    finally:
        _stored.reset(token)


def note_stored(file: FieldFile) -> None:
    """``file`` lies in the storage now; its row is still to be committed."""
    if (noted := _stored.get()) is not None:
        noted.append(file)
