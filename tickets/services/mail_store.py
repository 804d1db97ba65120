"""Keeping what came in by mail before anybody reads it."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import IO

from django.core.files import File
from django.db import IntegrityError, transaction

from tickets.models import IncomingMail
from tickets.models.mail import Way


def store_mail(
    *, raw: bytes | IO[bytes], way: Way, received_at: datetime, place: str | None = None, at: datetime
) -> IncomingMail:
    """Keep a message byte for byte, not read yet; ``received_at`` is the receiving server's stamp.

    ``raw`` may be an open file at its beginning, which is then never in memory as a whole.
    ``place`` names where it lay (a mailbox and its number there): from one place a message is taken once, and the
    same row comes again. Raises ``OSError`` or ``DatabaseError`` where it could not be kept: then nothing is, and the
    server is to try again.
    """
    if place is not None and (known := IncomingMail.objects.filter(place=place).first()):
        return known
    file: File[bytes] = File(BytesIO(raw) if isinstance(raw, bytes) else raw)
    digest = hashlib.sha256()
    size = 0
    for piece in file.chunks():
        digest.update(piece)
        size += len(piece)
    mail = IncomingMail(
        size=size,
        sha256=digest.hexdigest(),
        way=way,
        place=place,
        # A server whose clock is ahead cannot make a ticket of the future.
        received_at=min(received_at, at),
        stored_at=at,
    )
    mail.raw.save("mail", file, save=False)
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        mail.raw.delete(save=False)
        return IncomingMail.objects.get(place=place)
    except Exception:
        mail.raw.delete(save=False)
        raise
    return mail
