"""Below /api/v1/auth/."""

from django.urls import path

from . import account, views

urlpatterns = [
    path("token", views.TokenObtain.as_view(), name="token"),
    path("token/refresh", views.TokenRefresh.as_view(), name="token-refresh"),
    path("token/verify", views.TokenVerify.as_view(), name="token-verify"),
    path("logout", views.Logout.as_view(), name="logout"),
    path("logout-everywhere", account.LogoutEverywhere.as_view(), name="logout-everywhere"),
    path("password", account.Password.as_view(), name="password"),
    path("invitation", account.Invitation.as_view(), name="invitation"),
    path("ticket", account.Ticket.as_view(), name="ticket"),
]
