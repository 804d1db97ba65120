"""Addresses of the public pages of policies and of supported environments."""

from datetime import date

from django.urls import path, register_converter

from contracts import views, views_environments


class IsoDate:
    """A date such as 2023-08-05; what is no date is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(IsoDate, "isodate")

urlpatterns = [
    path("policies/", views.policy_list, name="policies"),
    path("policies/<slug:slug>/", views.policy_current, name="policy"),
    path("policies/<slug:slug>/<isodate:effective_from>/", views.policy_version, name="policy_version"),
    path("environments/", views_environments.environments, name="environments"),
    path("environments/<slug:slug>/", views_environments.product_environments, name="product_environments"),
]
