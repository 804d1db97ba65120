"""The recurring job that writes the checkpoint of the day: how far every ticket's record has come."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tickets import checkpoints
from tickets.models import Ticket

log = logging.getLogger(__name__)
AT_ONCE = 2_000


def take_checkpoint(*, at: datetime) -> Path | None:
    """The file that was written; ``None`` where the day has its own already. The database is only read."""
    path = checkpoints.write(settings.CHECKPOINTS, at, _heads())
    if path is not None:
        log.info("checkpoint %s is written; its digest is %s", path.name, checkpoints.read(path).digest)
    return path


def _heads() -> Iterator[checkpoints.Entry]:
    """Of every ticket, in the order of their keys: one question, so one instant."""
    rows = Ticket.objects.order_by("pk").values_list("pk", "number", "seq", "head")
    return (checkpoints.Entry(*row) for row in rows.iterator(chunk_size=AT_ONCE))
