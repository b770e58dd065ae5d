from roles.registry import Scope, registry

from .models import Reader


def same_territory(user):
    """Give the owners of the user's territory; to have none is not to share one."""
    people = Reader.objects.order_by().exclude(territory="")
    return people.filter(territory=user.territory).values("pk")


registry.register_scopes(Scope("territory", "Territory", order=10, owners=same_territory))
