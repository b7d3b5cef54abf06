from django.urls import path

from xiaodun.web.school import day, follow_ups, signals

app_name = "school"
urlpatterns = [
    path("school/<int:school_id>", day.day, name="day"),
    path("school/<int:school_id>/listed", day.listed, name="listed"),
    path("school/<int:school_id>/signals", signals.signals, name="signals"),
    path("school/<int:school_id>/follow-ups", follow_ups.follow_ups, name="follow_ups"),
    path("school/<int:school_id>/tasks", day.tasks, name="tasks"),
    path("task/<int:task_id>/acknowledge", day.acknowledge, name="acknowledge_task"),
    path("task/<int:task_id>/answer", day.answer, name="answer_task"),
    path("follow-up/<int:follow_up_id>", follow_ups.follow_up, name="follow_up"),
    path("follow-up/<int:follow_up_id>/diagnosis", follow_ups.diagnose, name="diagnose"),
    path("follow-up/<int:follow_up_id>/rule-out", follow_ups.rule_out_one, name="rule_out"),
    path("signal/<int:signal_id>", signals.signal, name="signal"),
    path("signal/<int:signal_id>/rows", signals.rows, name="rows"),
    path("signal/<int:signal_id>/report", signals.report, name="report"),
    path("signal/<int:signal_id>/verify", signals.verify, name="verify"),
    path("signal/<int:signal_id>/dismiss", signals.dismiss, name="dismiss"),
    path("signal/<int:signal_id>/note", signals.note, name="note"),
    path("rule/<str:rule_id>", signals.rule, name="rule"),
]
