"""Addresses below /account/ that the account library does not have."""

from django.urls import path

from contracts import views_account

urlpatterns = [
    path("invitations/<str:token>/", views_account.invitation, name="accept_invitation"),
    path("invitations/<str:token>/renewal/", views_account.renewal, name="renew_invitation"),
]
