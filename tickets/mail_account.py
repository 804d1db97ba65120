"""The mailbox of the settings. Pure, so that the settings may make one."""

from dataclasses import dataclass

IMAP_PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}


@dataclass(frozen=True, slots=True)
class Account:
    """Where mail waits. ``scheme`` is ``imaps``, ``imap+starttls`` or ``imap`` (not encrypted)."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    def __repr__(self) -> str:
        """Without the password: tracebacks and logs show this."""
        return f"Account({self.scheme}://{self.user}@{self.host}:{self.port}/{self.folder})"

    @property
    def row_name(self) -> str:
        """How the mailbox is called, for staff and in its row."""
        return f"{self.user} on {self.host}, {self.folder}"[:200]
