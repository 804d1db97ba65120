"""Names of files that came by mail: safe to show and to store under, each once in its message."""

from __future__ import annotations

from contracts.accents import composed

UNSAFE = set('<>:"/\\|?*')
# What Windows takes for a device, whatever its extension; who downloads such a file cannot open it.
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
# Bytes in UTF-8. Not more than ``contracts.files.clean_name`` leaves as it is, with room for a number.
MOST_NAME_BYTES = 170
MOST_EXTENSION_BYTES = 12

DEFAULT_NAMES = {
    "application/json": "data.json",
    "application/ms-tnef": "winmail.dat",
    "application/msword": "document.doc",
    "application/pdf": "document.pdf",
    "application/pgp-encrypted": "version.txt",
    "application/pgp-keys": "key.asc",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/rtf": "document.rtf",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/xml": "data.xml",
    "application/zip": "files.zip",
    "audio/mpeg": "sound.mp3",
    "audio/ogg": "sound.ogg",
    "audio/wav": "sound.wav",
    "audio/x-wav": "sound.wav",
    "image/bmp": "picture.bmp",
    "image/gif": "picture.gif",
    "image/heic": "picture.heic",
    "image/jpeg": "picture.jpg",
    "image/jpg": "picture.jpg",
    "image/pjpeg": "picture.jpg",
    "image/png": "picture.png",
    "image/svg+xml": "picture.svg",
    "image/tiff": "picture.tif",
    "image/webp": "picture.webp",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/external-body": "elsewhere.txt",
    "message/feedback-report": "report.txt",
    "message/global": "message.eml",
    "message/global-delivery-status": "delivery-status.txt",
    "message/global-headers": "headers.txt",
    "message/partial": "piece.txt",
    "message/rfc822": "message.eml",
    "text/calendar": "invite.ics",
    "text/csv": "table.csv",
    "text/directory": "contact.vcf",
    "text/html": "text.html",
    "text/plain": "text.txt",
    "text/rfc822-headers": "headers.txt",
    "text/rtf": "document.rtf",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/xml": "data.xml",
    "video/mp4": "film.mp4",
    "video/quicktime": "film.mov",
}


def clean_name(name: str) -> str:
    """``name`` without path, control or direction characters and what file systems forbid; ``""`` if none is left.

    >>> clean_name("../../boot.ini")
    'boot.ini'
    """
    last = composed(name).replace("\\", "/").rstrip("/ .").rpartition("/")[2]
    one_line = " ".join(last.split())
    kept = "".join(c for c in one_line if c.isprintable() and c not in UNSAFE).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if not stem:
        return _guarded(_cut(kept, MOST_NAME_BYTES))
    return _guarded(f"{_cut(stem, MOST_NAME_BYTES)}{dot}{_cut(extension, MOST_EXTENSION_BYTES)}")


def default_name(content_type: str) -> str:
    """What a file without a name is called, by its type: ``picture.png``."""
    return DEFAULT_NAMES.get(content_type, "text.txt" if content_type.startswith("text/") else "file.bin")


class Names:
    """Gives each file of a message a name that no other has: ``a.txt``, ``a-2.txt``."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, wanted: str, content_type: str) -> str:
        """A safe name near ``wanted``; capitals do not tell two names apart."""
        name = clean_name(wanted) or default_name(content_type)
        found = name
        while found.casefold() in self._taken:
            number = self._last.get(name.casefold(), 1) + 1
            self._last[name.casefold()] = number
            found = _numbered(name, number)
        self._taken.add(found.casefold())
        return found


def _numbered(name: str, number: int) -> str:
    stem, dot, extension = name.rpartition(".")
    return f"{stem}-{number}{dot}{extension}" if stem else f"{name}-{number}"


def _guarded(name: str) -> str:
    return f"_{name}" if name.partition(".")[0].casefold() in DEVICES else name


def _cut(text: str, most: int) -> str:
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore")
