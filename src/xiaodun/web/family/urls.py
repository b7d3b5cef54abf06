from django.urls import path

from xiaodun.web.family import absence, consent, record

app_name = "family"
urlpatterns = [
    path("f/<str:key>", absence.absence, name="absence"),
    path("f/<str:key>/send", absence.send, name="send"),
    path("f/<str:key>/withdraw", absence.withdraw, name="withdraw"),
    path("f/<str:key>/record", record.record, name="record"),
    path("f/<str:key>/record.json", record.copy, name="copy"),
    path("f/<str:key>/consent", consent.consent, name="consent"),
    path("f/<str:key>/consent/choose", consent.choose, name="choose"),
    path("f/<str:key>/consent/correct", consent.correct, name="correct"),
]
