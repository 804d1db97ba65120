"""A verb's refusal: what cannot be done, and what to do instead, in a sentence for the person who asked."""


class Refused(ValueError):
    """The verb was refused; the message says why and what to do."""
