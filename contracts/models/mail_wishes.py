"""How people want their mails."""

from django.db import models

from contracts.models.people import User


class How(models.TextChoices):
    """How mails of a group come to somebody; at once where nothing is said."""

    HOURLY = "hourly", "In a digest every hour"
    DAILY = "daily", "In a digest in the morning"
    OFF = "off", "Not at all"


class MailWish(models.Model):
    """How somebody wants one group of mails (``contracts.outbox.kinds``). Without a row they come at once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_wishes")
    kind = models.CharField("group", max_length=20)
    how = models.CharField(max_length=8, choices=How.choices, default=How.OFF)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_mail_wish")]
        ordering = ["user", "kind"]

    def __str__(self) -> str:
        return f"{self.user}, {self.kind}: {self.get_how_display()}"
