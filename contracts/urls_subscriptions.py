"""Addresses of subscriptions: what a contact is mailed, a visitor's subscription, private calendars."""

from django.urls import path

from contracts import views_feeds, views_subscriptions, views_visitors

urlpatterns = [
    path("subscriptions/", views_subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/visitors/", views_visitors.subscribe, name="visitor_subscription"),
    path(
        "subscriptions/visitors/confirmations/<str:token>/",
        views_visitors.confirmation,
        name="confirm_subscription",
    ),
    path("subscriptions/visitors/endings/<str:token>/", views_visitors.ending, name="end_subscription"),
    path("subscriptions/calendars/<int:contract>/", views_feeds.contract_feeds, name="contract_feeds"),
    path(
        "subscriptions/calendars/<int:contract>/<int:pk>/revocation/",
        views_feeds.revocation,
        name="feed_revocation",
    ),
    path("feeds/<str:secret>/maintenance.ics", views_feeds.private_feed, name="private_feed"),
]
