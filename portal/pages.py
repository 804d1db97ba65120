"""Addresses of the roof's own pages."""

from django.urls import path, register_converter

from contracts.sla.months import Month
from portal import (
    availability,
    crawlers,
    home,
    maintenance,
    maintenance_feeds,
    searching,
    status,
    status_json,
)


class MonthConverter:
    """A month such as 2026-03; what is no month is no address."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Month:
        year, _, month = value.partition("-")
        return Month(int(year), int(month))

    def to_url(self, value: Month) -> str:
        return str(value)


register_converter(MonthConverter, "month")

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", searching.search, name="search"),
    path("maintenance/", maintenance.maintenance, name="maintenance"),
    path("maintenance/calendar.ics", maintenance_feeds.calendar_feed, name="maintenance_calendar"),
    path("maintenance/feed.atom", maintenance_feeds.news_feed, name="maintenance_feed"),
    path("maintenance/<int:pk>/", maintenance.window, name="maintenance_window"),
    path("maintenance/<int:pk>/calendar.ics", maintenance.calendar_entry, name="maintenance_entry"),
    path("status/", status.status, name="status"),
    path("status/outages/<int:pk>/", status.outage, name="outage"),
    path("status.json", status_json.status_json, name="status_json"),
    path("availability/", availability.availability, name="availability"),
    path("availability/<int:pk>/<month:month>/", availability.month, name="availability_month"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<slug:name>.xml", crawlers.sitemap_part, name="sitemap_part"),
]
