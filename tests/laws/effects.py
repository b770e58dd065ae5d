"""Read what one role gives, layer by layer, out of a policy-test document."""

import unicodedata

from . import catalogue
from .catalogue import OWNER
from .people import climb

# Django model -> module; extend it as models come to exist.
MODELS = {
    "crm.contact": "contacts",
    "crm.lead": "leads",
    "accounts.user": "users",
    "roles.role": "roles",
}
DJANGO_ACTIONS = {"view": "view", "add": "create", "change": "edit", "delete": "delete"}
LONGEST_CHAIN = 16


def django_name(model, verb):
    """Spell Django's permission for a verb on `app_label.model`, as crm.view_contact."""
    app_label, name = model.split(".")
    return f"{app_label}.{verb}_{name}"


def django_names(*models):
    """List the four permission names that Django makes for each `app_label.model`."""
    return {django_name(model, verb) for model in models for verb in DJANGO_ACTIONS}


DJANGO_PERMISSIONS = django_names(
    *MODELS, "auth.group", "auth.permission", "contenttypes.contenttype", "sessions.session"
)


def system_code(name):
    """Name the system permission for a code or a governed model's Django name; else None."""
    if name in catalogue.RESERVED_CODES:
        return name
    for model, module in MODELS.items():
        for verb, action in DJANGO_ACTIONS.items():
            if name == django_name(model, verb):
                return f"{module}.{action}"
    return None


def normalised(name):
    """R11: NFKC, case-folded, NFKC again, trimmed."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def is_shadowed(name, existing=DJANGO_PERMISSIONS):
    """R11: the system wins; any module with any action, any feature, any Django permission."""
    return name in catalogue.RESERVED_CODES or name in existing


def role_named(document, code):
    """Take a role of the document or a built-in with its shipped grants, by its code."""
    for role in document.get("roles") or ():
        if role["code"] == code:
            return role
    return catalogue.BUILT_IN_ROLES[code]


def chain(document, role):
    """R4: the role, its base, the base's base, as dicts in the shape of a policy file."""
    codes = climb(role, lambda code: role_named(document, code).get("base"))
    if OWNER in codes[1:] or len(codes) > LONGEST_CHAIN:
        raise ValueError(f"{role!r} is based on Owner, or its chain is too long")
    return [role_named(document, code) for code in codes]


def gives(document, role, code):
    """R4, R5, R6, R7: the role, its bases or an implication grant a code that applies."""
    if code not in catalogue.SYSTEM_PERMISSIONS or not is_enabled(document, code):
        return False
    if role == OWNER:
        return True
    granted = {name for layer in chain(document, role) for name in layer.get("permissions") or ()}
    return code in granted or any(
        code in implied for name, implied in catalogue.IMPLIES.items() if name in granted
    )


def is_enabled(document, code):
    """R7: neither the code's module nor, for a feature, the one it belongs to is disabled."""
    feature = catalogue.FEATURES.get(code)
    module = feature["module"] if feature else code.split(".")[0]
    return module not in (document.get("disabled_modules") or ())


def field_level(document, role, module, field):
    """R10, R6, R21: the most permissive level along the chain; editable where no layer speaks."""
    if field not in catalogue.FIELDS.get(module, ()):
        return "hidden"
    if role == OWNER:
        return "editable"
    levels = []
    for layer in chain(document, role):
        row = (layer.get("fields") or {}).get(module) or {}
        levels += [row[name] for name in (field, "*") if name in row][:1]
    return max(levels, key=catalogue.FIELD_LEVELS.index, default="editable")


def role_scopes(document, role, module, action):
    """R8, R6, R9: the union over the chain; own if empty; fixed where records have no owner."""
    if module == "notifications":
        return {"own"}
    if role == OWNER or module in catalogue.OPEN_MODULES:
        return {"all"}
    layers = chain(document, role)
    return {s for layer in layers for s in layer_scopes(layer, module, action)} or {"own"}


def layer_scopes(layer, module, action):
    """R8: the layer's scopes for the action if it has any, else those for the module."""
    setting = (layer.get("records") or {}).get(module)
    if isinstance(setting, dict):
        setting = setting.get(action) or setting.get("*")
    return [setting] if isinstance(setting, str) else setting or []
