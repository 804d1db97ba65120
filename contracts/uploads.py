"""Taking in files within limits, so that a file too large costs no disk and the text beside it is kept.

Django's own handlers store whatever comes and leave the judgement to the form: a recording of some
gigabytes would fill the disk first. This one stops storing at the limit, reads on, and says what it left out.
"""

from __future__ import annotations

import errno
import logging
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from contracts.files import clean_name, in_megabytes

log = logging.getLogger(__name__)
NOT_STORED = "could not be stored: our disk is full. Send without it, or try again later."


class BoundedUploads(TemporaryFileUploadHandler):
    """Keeps each file up to the limit; what it left out stands in ``left_out_of(request)``."""

    size = 0
    name = ""

    def __init__(self, request: HttpRequest | None = None, most: int | None = None) -> None:
        """``most`` is the limit of each file, in bytes; without it that of files which come with a message."""
        super().__init__(request)
        self.most = settings.ATTACHMENT_MAX_BYTES if most is None else most

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        self.size, self.name = 0, clean_name(file_name)
        try:
            super().new_file(field_name, file_name, *args, **kwargs)
        except OSError as problem:
            self._refuse_to_store(problem)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > self.most:
            most = in_megabytes(self.most)
            self._leave_out(f"{self.name} is larger than {most}, the most that one file may have.")
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as problem:
            self._refuse_to_store(problem)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        try:
            return super().file_complete(file_size)
        except OSError as problem:
            self._forget(problem)
            return None

    def _refuse_to_store(self, problem: OSError) -> None:
        self._forget(problem)
        raise SkipFile

    def _forget(self, problem: OSError) -> None:
        log.error("an upload could not be stored: %s", errno.errorcode.get(problem.errno or 0, problem))
        left_out_of(self.request).append(f"{self.name} {NOT_STORED}")

    def _leave_out(self, why: str) -> None:
        left_out_of(self.request).append(why)
        raise SkipFile


def left_out_of(request: HttpRequest | None) -> list[str]:
    """Which files of ``request`` were not taken in, each with the reason; grows as they are read."""
    found: list[str] = vars(request).setdefault("_left_out", [])
    return found


def take_in(request: HttpRequest, most: int | None = None) -> None:
    """Have the files of ``request`` taken in within the limits; to be called before anything reads them.

    ``most`` is the limit of each in bytes; without it that of files which come with a message.
    """
    request.upload_handlers = [BoundedUploads(request, most)]
