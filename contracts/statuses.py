"""The statuses of answers for which Django has no shortcut."""

GONE = 410  # a link that was used, or whose time is over
OVERTAKEN = 409  # what the form is about has changed since it was opened
REFUSED = 422  # what was sent is understood, and cannot be done
TOO_MANY = 429  # more often than allowed for now
