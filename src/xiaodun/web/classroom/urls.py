from django.urls import path

from xiaodun.web.classroom import views

app_name = "classroom"
urlpatterns = [
    path("class/worker.js", views.worker, name="worker"),
    path("class/page.js", views.script, name="script"),
    path("class/<int:class_id>", views.check, name="check"),
]
