"""A verb's refusal: what cannot be done, and what to do instead, in a sentence for the person who asked."""


class Refused(ValueError):  # noqa: N818 -- a participle of the verb
    """The verb was refused; the message says why and what to do.

    ``field`` is the parameter of the verb at which a form shows the message; ``""`` for none.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
