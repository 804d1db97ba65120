"""Staff's pages in the admin: the queue, the ticket, and the verbs that move tickets from outside.

A ticket, its messages, events and clocks are not registered with the admin: services alone change
them, and these pages show them.
"""
