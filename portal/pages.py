"""Addresses of the roof's own pages."""

from django.urls import path

from portal import crawlers, home, searching

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", searching.search, name="search"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<slug:name>.xml", crawlers.sitemap_part, name="sitemap_part"),
]
