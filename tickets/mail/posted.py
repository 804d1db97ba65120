"""What a provider posts, with its body read once and its form taken apart byte for byte.

Django's own forms end at 2.5 MB, decode every field as UTF-8, and leave out files with odd names; mail is larger, has
any bytes, and nothing of it may be lost.
"""

from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from io import BytesIO
from urllib.parse import parse_qsl

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000


class Malformed(ValueError):  # noqa: N818 -- it is theirs
    """The post is not what the provider says that it posts."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; ``filename`` is ``None`` where it is no file."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = "application/octet-stream"


class Posted(HttpRequest):
    """The request as the library's views want it, with ``raw`` fields besides."""

    def __init__(self, request: HttpRequest, body: bytes) -> None:
        """Take over what the request says of itself; ``body`` is all of it."""
        super().__init__()
        self.META = request.META
        self.method, self.path, self.path_info = request.method, request.path, request.path_info
        self.content_type, self.content_params = request.content_type, request.content_params
        self.encoding = "utf-8"
        self._whole = body
        self.raw: dict[str, bytes] = {}
        self._take_apart()

    @property
    def body(self) -> bytes:
        """All that was posted."""
        return self._whole

    def _take_apart(self) -> None:
        post, files = QueryDict(mutable=True), MultiValueDict[str, SimpleUploadedFile]()
        for field in self._fields():
            if field.filename is None:
                self.raw[field.name] = field.content
                post.appendlist(field.name, field.content.decode("utf-8", "replace"))
            else:
                files.appendlist(field.name, _file(field))
        # Assigned, as Django's own request does when it has read a form.
        self.POST, self.FILES = post, files  # type: ignore[assignment]  # what a view reads of it

    def _fields(self) -> list[Field]:
        if self.content_type == MULTIPART:
            return multipart(self._whole, (self.content_params or {}).get("boundary", ""))
        if self.content_type == URLENCODED:
            try:
                pairs = parse_qsl(
                    self._whole.decode("latin-1"),
                    keep_blank_values=True,
                    encoding="latin-1",
                    max_num_fields=MOST_FIELDS,
                )
            except ValueError as fault:
                raise Malformed(str(fault)) from None
            return [Field(_text(name), value.encode("latin-1")) for name, value in pairs]
        return []


def multipart(body: bytes, boundary: str) -> list[Field]:
    """The fields of a multipart form, their contents as they are. Raises ``Malformed``."""
    if not boundary or len(boundary) > 200 or not boundary.isascii():
        raise Malformed("a form without a boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"), MOST_FIELDS + 2)
    if len(pieces) > MOST_FIELDS + 2 or len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Malformed("a form without an end, or with too many fields")
    return [_field(piece) for piece in pieces[1:-1]]


def _field(piece: bytes) -> Field:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise Malformed("a field without a head")
    headers: Message = HeaderParser().parsestr(head.lstrip().decode("utf-8", "replace"))
    name = headers.get_param("name", header="content-disposition")
    if not isinstance(name, str):
        raise Malformed("a field without a name")
    return Field(name, content, headers.get_filename(), headers.get_content_type())


def _file(field: Field) -> SimpleUploadedFile:
    name = (field.filename or "").replace("\\", "/").rpartition("/")[2].replace("\0", "").strip()
    if name in {"", ".", ".."}:
        name = "attachment"
    file = SimpleUploadedFile(name, b"", field.content_type)
    file.file, file.size = BytesIO(field.content), len(field.content)
    return file


def _text(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")
