"""The addresses of people and their organisation, to be included under a version: `api/v1/`."""

from rest_framework.routers import SimpleRouter

from .invitations import Invitations
from .users import UserViewSet

router = SimpleRouter()
router.register("users", UserViewSet, basename="user")
router.register("invitations", Invitations, basename="invitation")
urlpatterns = router.urls
