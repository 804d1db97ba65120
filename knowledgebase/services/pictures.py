"""Pictures written anew from their pixels, so that nothing else that came in their files is kept or served."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from contracts.files import Upload
from contracts.refusals import Refused

KINDS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
MOVING = frozenset({"GIF", "WEBP"})
# Of all frames together: a small file may hold many times that, and unpacking it would take the memory.
MOST_PIXELS = 50_000_000
MOST_FRAMES = 500
KEPT_INFO = ("transparency", "duration", "loop", "background", "disposal")
FAULTS = (
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    EOFError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's file as we write it, and its size in pixels."""

    content: bytes
    width: int
    height: int


def anew(upload: Upload, name: str) -> Picture:
    """The picture of ``upload`` in the same format. Raises ``Refused`` for what is no picture, or too large a one."""
    wanted = KINDS[upload.extension]
    upload.content.seek(0)
    try:
        with Image.open(upload.content, formats=[wanted]) as image:
            _refuse_large(image, name)
            return _written(image, wanted)
    except FAULTS as problem:
        raise Refused(
            f"{name} cannot be read as a picture. Open it, save it anew, and try again."
        ) from problem
    finally:
        upload.content.seek(0)


def _refuse_large(image: Image.Image, name: str) -> None:
    """Raise ``Refused`` by what the file's head says, before anything is unpacked."""
    frames: int = getattr(image, "n_frames", 1)
    if frames > MOST_FRAMES or image.width * image.height * frames > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise Refused(f"{name} has more than {most} million pixels. Make it smaller, and try again.")


def _written(image: Image.Image, wanted: str) -> Picture:
    moving = wanted in MOVING and getattr(image, "n_frames", 1) > 1
    options: dict[str, Any] = {"quality": 88} if wanted in {"JPEG", "WEBP"} else {}
    if moving:
        first, *rest = _frames(image)
        timing = {key: image.info[key] for key in ("loop",) if key in image.info}
        options |= {"save_all": True, "append_images": rest, "duration": _durations(image), **timing}
    else:
        first = _clean(ImageOps.exif_transpose(image))
    if wanted == "JPEG" and first.mode not in {"RGB", "L"}:
        first = first.convert("RGB")
    written = BytesIO()
    first.save(written, format=wanted, **options)
    return Picture(written.getvalue(), first.width, first.height)


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        yield _clean(frame.convert("RGBA"))


def _durations(image: Image.Image) -> list[int]:
    """How long each frame stands, in milliseconds."""
    return [int(frame.info.get("duration", 100)) for frame in ImageSequence.Iterator(image)]


def _clean(image: Image.Image) -> Image.Image:
    """The pixels alone: comments, places, profiles and the like are left behind."""
    pixels = image.copy()
    pixels.info = {key: value for key, value in image.info.items() if key in KEPT_INFO}
    return pixels
