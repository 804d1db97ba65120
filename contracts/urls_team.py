"""Addresses of a customer's team and of licences."""

from django.urls import path

from contracts import views_licences, views_team

urlpatterns = [
    path("team/", views_team.team, name="team"),
    path("team/<int:customer>/invitations/", views_team.invitation, name="team_invitation"),
    path("team/contacts/<int:pk>/naming/", views_team.naming, name="team_naming"),
    path("team/contacts/<int:pk>/ending/", views_team.ending, name="team_ending"),
    path("team/claims/<int:pk>/", views_team.claim, name="team_claim"),
    path("team/claims/<int:pk>/release/", views_team.release, name="team_release"),
    path("licences/claim/", views_licences.claiming, name="licence_claim"),
    path("licences/claims/<str:token>/", views_licences.confirmation, name="confirm_licence_claim"),
]
