"""Addresses below /account/ that the account library does not have."""

from django.urls import path

from contracts import views_account, views_mail

urlpatterns = [
    path("mail/", views_mail.mail_wishes, name="mail_wishes"),
    path("mail/address/", views_mail.mail_address, name="mail_address"),
    path("mail/endings/<str:token>/", views_mail.mail_ending, name="mail_ending"),
    path("invitations/<str:token>/", views_account.invitation, name="accept_invitation"),
    path("invitations/<str:token>/renewal/", views_account.renewal, name="renew_invitation"),
]
