"""The addresses of people and their organisation, to be included under a version: `api/v1/`."""

from rest_framework.routers import SimpleRouter

from .invitations import Invitations
from .organisation import DepartmentViewSet, TeamViewSet
from .users import UserViewSet

router = SimpleRouter()
router.register("users", UserViewSet, basename="user")
router.register("invitations", Invitations, basename="invitation")
router.register("teams", TeamViewSet, basename="team")
router.register("departments", DepartmentViewSet, basename="department")
urlpatterns = router.urls
