"""Addresses of releases and their files; stable for good. Staff's pages of them stand on the floor above."""

from django.urls import path

from knowledgebase.views import releases

urlpatterns = [
    path("releases/", releases.releases, name="releases"),
    path("releases/deployments/<int:pk>/updates/", releases.deployment_updates, name="deployment_updates"),
    path("releases/<slug:slug>/", releases.product_releases, name="product_releases"),
    path("releases/<slug:slug>/<str:version>/", releases.release, name="release"),
    path(
        "releases/<slug:slug>/<str:version>/<int:pk>/<str:name>", releases.release_file, name="release_file"
    ),
]
