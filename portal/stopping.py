"""Being told to stop."""

import signal
import threading
from types import FrameType


class Stop:
    """Set by SIGINT, SIGTERM or SIGHUP; `wait` returns early then."""

    def __init__(self) -> None:
        """Installs the handlers, SIGINT's too: a job in the background starts with it ignored."""
        self._event = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Waits for so long or until told to stop; whether told."""
        return self._event.wait(seconds)
