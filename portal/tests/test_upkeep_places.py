"""The addresses that mails name are those of the pages."""

import pytest
from django.urls import reverse

from contracts.tests.factories import OutageFactory, WindowFactory
from contracts.upkeep_places import outage_path, window_path


@pytest.mark.django_db
def test_a_mail_about_a_window_or_an_outage_leads_to_its_page() -> None:
    window, outage = WindowFactory.create(), OutageFactory.create()
    assert window_path(window) == reverse("maintenance_window", args=[window.pk])
    assert outage_path(outage) == reverse("outage", args=[outage.pk])
