"""Addresses of the knowledge base; stable for good."""

from django.urls import path

from knowledgebase.feeds import feed
from knowledgebase.views import articles, feedback, files, places, search

urlpatterns = [
    path("kb/", places.index, name="kb"),
    path("kb/categories/<slug:slug>/", places.category, name="kb_category"),
    path("kb/articles/<slug:slug>/", articles.article, name="article"),
    path("kb/articles/<slug:slug>/feedback/", feedback.feedback, name="article_feedback"),
    path("kb/files/<int:pk>/<str:name>", files.article_file, name="article_file"),
    path("kb/search/", search.search_page, name="kb_search"),
    path("kb/feed.atom", feed, name="kb_feed"),
]
