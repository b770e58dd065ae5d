from roles.registry import Scope, registry

from .models import Posting


def same_territory(user):
    """Give the owners of the user's territory; someone without a posting has none."""
    here = Posting.objects.filter(user=user).values("territory")
    return Posting.objects.filter(territory__in=here).values("user")


registry.register_scopes(Scope("territory", "Territory", order=10, owners=same_territory))
