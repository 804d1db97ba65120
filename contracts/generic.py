"""Django's forms and admin classes with a model as their parameter, as the type checker knows them.

At run time Django's own take no parameter; these take one and ignore it.
"""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.forms import ModelForm
else:

    class ModelForm(forms.ModelForm):
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


__all__ = ["ModelAdmin", "ModelForm", "TabularInline"]
