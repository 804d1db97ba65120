"""How people are named in public."""

from contracts.models import User

NOBODY = "Somebody"


def public_name(user: User) -> str:
    """First name and initial of the last name, as in "Nora L."; never an address, never the customer."""
    words = user.name.split()
    if not words or "@" in user.name:
        return NOBODY
    return words[0] if len(words) == 1 else f"{words[0]} {words[-1][0]}."
