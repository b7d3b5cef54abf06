from django.urls import path

from xiaodun.web.bureau import outbreaks, reports, schools, signals, suspension, tasks, today

app_name = "bureau"
urlpatterns = [
    path("county/<int:county_id>", today.today, name="today"),
    path("county/<int:county_id>/absence", today.absence, name="absence"),
    path("county/<int:county_id>/first", today.first_things, name="first_things"),
    path("county/<int:county_id>/signals", signals.signals, name="signals"),
    path("county/<int:county_id>/schools", schools.schools, name="schools"),
    path("county/<int:county_id>/tasks", tasks.tasks, name="tasks"),
    path("county/task/<int:task_id>/acknowledge", tasks.acknowledge, name="acknowledge_task"),
    path("county/task/<int:task_id>/answer", tasks.answer, name="answer_task"),
    path("county/report/<int:delivery_id>", reports.report, name="report"),
    path("county/delivery/<int:delivery_id>/acknowledge", reports.acknowledge, name="acknowledge"),
    path("county/delivery/<int:delivery_id>/answer", reports.answer, name="answer"),
    path("county/<int:county_id>/outbreaks", outbreaks.outbreaks, name="outbreaks"),
    path("county/outbreak/<int:outbreak_id>/decision", suspension.decide, name="decision"),
    path("county/decision/<int:decision_id>/lift", suspension.lift, name="lift"),
]
