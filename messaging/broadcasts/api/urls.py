"""Below /api/v1/."""

from django.urls import path

from . import consent, looking, views

urlpatterns = [
    path("broadcasts", views.BroadcastList.as_view(), name="broadcasts"),
    path("broadcasts/consent", consent.ConsentDetail.as_view(), name="broadcast-consent"),
    path("broadcasts/calendar", looking.BroadcastCalendar.as_view(), name="broadcast-calendar"),
    path("broadcasts/<uuid:broadcast_id>", views.BroadcastDetail.as_view(), name="broadcast"),
    path("broadcasts/<uuid:broadcast_id>/check", views.BroadcastCheck.as_view(), name="broadcast-check"),
    path("broadcasts/<uuid:broadcast_id>/launch", views.BroadcastLaunch.as_view(), name="broadcast-launch"),
    path("broadcasts/<uuid:broadcast_id>/pause", views.BroadcastPause.as_view(), name="broadcast-pause"),
    path("broadcasts/<uuid:broadcast_id>/resume", views.BroadcastResume.as_view(), name="broadcast-resume"),
    path("broadcasts/<uuid:broadcast_id>/cancel", views.BroadcastCancel.as_view(), name="broadcast-cancel"),
    path("broadcasts/<uuid:broadcast_id>/retry", views.BroadcastRetry.as_view(), name="broadcast-retry"),
    path("broadcasts/<uuid:broadcast_id>/clone", views.BroadcastClone.as_view(), name="broadcast-clone"),
    path(
        "broadcasts/<uuid:broadcast_id>/recipients", looking.BroadcastRecipients.as_view(), name="broadcast-recipients"
    ),
    path("broadcasts/<uuid:broadcast_id>/progress", looking.BroadcastProgress.as_view(), name="broadcast-progress"),
    path("broadcasts/<uuid:broadcast_id>/preview", looking.BroadcastPreview.as_view(), name="broadcast-preview"),
    path("broadcasts/<uuid:broadcast_id>/test", looking.BroadcastTest.as_view(), name="broadcast-test"),
    path(
        "broadcasts/<uuid:broadcast_id>/report.csv", looking.BroadcastReportCsv.as_view(), name="broadcast-report-csv"
    ),
    path(
        "broadcasts/<uuid:broadcast_id>/report.xlsx",
        looking.BroadcastReportXlsx.as_view(),
        name="broadcast-report-xlsx",
    ),
]
