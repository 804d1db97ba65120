"""Addresses of the roof's own pages."""

from django.urls import path

from portal import home

urlpatterns = [path("", home.home, name="home")]
