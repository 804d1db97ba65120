"""Of the demo: somebody who is no customer yet asks before they buy."""

from datetime import datetime, timedelta

from contracts.models import Product
from tickets.inquiring import offered_by
from tickets.inquiry_links import confirmation_link
from tickets.models import Inquiry
from tickets.services.inquiries import Asked, ask_presale, confirm_inquiries

EMAIL = "ines@gazette.example"


def inquire(*, product: Product, at: datetime) -> None:
    """Asked six hours ago under Vivvo's policy, and confirmed ten minutes later."""
    asked_at = at - timedelta(hours=6)
    confirmed_at = asked_at + timedelta(minutes=10)
    offered = offered_by("vivvo", asked_at)
    if offered is None:
        raise RuntimeError("Vivvo's policy takes inquiries")
    asked = Asked(
        name="Inês Duarte",
        company="The Island Gazette",
        email=EMAIL,
        product=product,
        request_type=offered.kinds[0].code,
        subject="Can twelve editors share one site?",
        text="We are a newspaper and look for a CMS. Which level do we need, and does it import from our old one?",
    )
    ask_presale(offered=offered, asked=asked, network="", at=asked_at)
    token = confirmation_link(EMAIL, at=confirmed_at).split("/")[-2]
    confirm_inquiries(token=token, chosen=[Inquiry.objects.get().pk], at=confirmed_at)
