"""The first manager of an empty portal."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from contracts.services.people import create_manager


class Command(BaseCommand):
    help = "Makes a manager, who signs in by email and may do everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is not given is asked for; a password is never an argument, since others see those."""
        parser.add_argument("--email")
        parser.add_argument("--name")
        parser.add_argument(
            "--password-from-stdin", action="store_true", help="read the password as one line of input"
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Asks, checks, makes."""
        email = options["email"] or self.ask("Email: ")
        name = options["name"] or (
            email.partition("@")[0] if options["password_from_stdin"] else self.ask("Name: ")
        )
        self.check_email(email)
        password = self.password(from_input=options["password_from_stdin"])
        try:
            validate_password(password)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        create_manager(email=email, name=name, password=password, at=timezone.now())
        self.stdout.write(f"{name} <{email}> may now sign in as a manager.")

    def check_email(self, email: str) -> None:
        """Refuses what is no address and what is taken."""
        try:
            validate_email(email)
        except ValidationError as fault:
            raise CommandError(f"{email!r} is not an email address.") from fault
        if get_user_model()._default_manager.filter(email__iexact=email).exists():
            raise CommandError(f"{email} is known here already.")

    def ask(self, question: str) -> str:
        """One line of the person at the terminal."""
        try:
            return input(question).strip()
        except EOFError:
            raise CommandError(
                "There is no terminal to ask at; give --email, --name and --password-from-stdin."
            ) from None

    def password(self, *, from_input: bool) -> str:
        """The password, typed twice unless it is piped in."""
        if from_input:
            return sys.stdin.readline().rstrip("\r\n")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
        return password
