"""The addresses of petitions."""

from django.urls import path

from openbeian.portal.petitions import office_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "petitions"
urlpatterns = [
    path("", views.petitions, name="all"),
    path("about/<slug:reference>/", views.begin, name="begin"),
    path("<slug:reference>/", views.petition, name="petition"),
    path("<slug:reference>/grounds/", views.grounds, name="grounds"),
    path("<slug:reference>/entry/", views.entry, name="entry"),
    path("<slug:reference>/keep/", views.keep, name="keep"),
    path("<slug:reference>/files/", views.add_file, name="add_file"),
    path("<slug:reference>/files/<int:pk>/", views.download, name="download"),
    path("<slug:reference>/files/<int:pk>/remove/", views.remove_file, name="remove_file"),
    path("<slug:reference>/hand-in/", views.hand_in, name="hand_in"),
    path("<slug:reference>/drop/", views.drop, name="drop"),
    path("<slug:reference>/take/", office_views.take, name="take"),
    path("<slug:reference>/assign/", office_views.assign, name="assign"),
    path("<slug:reference>/hand-back/", office_views.hand_back, name="hand_back"),
    path("<slug:reference>/give-back/", office_views.give_back, name="give_back"),
    path("<slug:reference>/put-up/", office_views.put_up, name="put_up"),
    path("<slug:reference>/decide/", office_views.decide, name="decide"),
]
