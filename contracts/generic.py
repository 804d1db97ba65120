"""Django's forms, feeds, sitemaps and admin classes with their parameters, as the type checker knows them.

At run time Django's own take no parameter; these take some and ignore them.
"""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, sitemaps
from django.contrib.syndication import views as syndication

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.contrib.sitemaps import Sitemap
    from django.contrib.syndication.views import Feed
    from django.forms import ModelForm, ModelMultipleChoiceField
else:

    class Feed(syndication.Feed):
        """Takes what an entry and the feed are made of as its parameters."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    class Sitemap(sitemaps.Sitemap):
        """Takes what it lists as its parameter."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    class ModelForm(forms.ModelForm):
        """Takes a model as its parameter."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    class ModelMultipleChoiceField(forms.ModelMultipleChoiceField):
        """Takes a model as its parameter."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    class ModelAdmin(admin.ModelAdmin):
        """Takes a model as its parameter."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    class TabularInline(admin.TabularInline):
        """Takes the two models as its parameters."""

        def __class_getitem__(cls, _: object) -> type:
            return cls


__all__ = ["Feed", "ModelAdmin", "ModelForm", "ModelMultipleChoiceField", "Sitemap", "TabularInline"]
