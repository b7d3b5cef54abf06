from django.urls import path

from xiaodun.web.partner import line_list, outbreaks, views

app_name = "partner"
urlpatterns = [
    path("cdc/<int:county_id>", views.tray, name="tray"),
    path("cdc/report/<int:delivery_id>", views.report, name="report"),
    path("cdc/report/<int:delivery_id>/line-list", line_list.line_list, name="line_list"),
    path("cdc/delivery/<int:delivery_id>/acknowledge", views.acknowledge, name="acknowledge"),
    path("cdc/delivery/<int:delivery_id>/answer", views.answer, name="answer"),
    path("cdc/<int:county_id>/outbreaks", outbreaks.outbreaks, name="outbreaks"),
    path("cdc/recommendation/<int:recommendation_id>/assessment", outbreaks.assess, name="assessment"),
]
