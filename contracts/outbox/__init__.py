"""Messages to people: a row written with its cause, sent after commit, at least once."""
