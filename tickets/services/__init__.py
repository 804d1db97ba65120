"""The verbs of tickets: the only code that changes one."""
