"""What was promised, when it is due and why: the pure core.

Imports nothing but the standard library and never asks for the time. An instant is an aware UTC
``datetime``; a wall time exists only inside :mod:`contracts.sla.hours`. A test proves both.
"""
