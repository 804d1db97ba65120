"""The verbs of inquiries, each prepared for the test that lets every query fail once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from contracts.models import Contract, Product
from tickets.inquiring import offered_by
from tickets.inquiry_links import confirmation_link
from tickets.models import Inquiry
from tickets.services import inquiries
from tickets.tests.pages import put_under

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
EMAIL = "ann@acme.example"
Do = Callable[[], object]


def ask() -> object:
    offered = offered_by("vivvo", AT)
    if offered is None:
        raise RuntimeError("Vivvo's policy takes inquiries")
    asked = inquiries.Asked(
        name="Ann",
        email=EMAIL,
        product=Product.objects.get(),
        request_type="presales",
        subject="Five",
        text="What do five cost?",
    )
    return inquiries.ask_presale(offered=offered, asked=asked, network="192.0.2.0/24", at=AT)


def confirm() -> object:
    token = confirmation_link(EMAIL, at=AT).split("/")[-2]
    return inquiries.confirm_inquiries(token=token, chosen=[Inquiry.objects.get().pk], at=AT)


def forget() -> object:
    return inquiries.forget_old_inquiries(at=AT + timedelta(days=60))


def after(*before: Do, then: Do) -> Callable[[], Do]:
    """``then``, once the others have been done without a fault, under a policy that takes inquiries."""

    def prepared() -> Do:
        put_under(Contract.objects.get(), "vivvo")
        for each in before:
            each()
        return then

    return prepared


VERBS: dict[str, Callable[[], Do]] = {
    "inquiries.ask_presale": after(then=ask),
    "inquiries.confirm_inquiries": after(ask, then=confirm),
    "inquiries.forget_old_inquiries": after(ask, then=forget),
}
