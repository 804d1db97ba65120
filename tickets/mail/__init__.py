"""Support by email, the way in: one pipeline behind three doors (docs/mail.md)."""
