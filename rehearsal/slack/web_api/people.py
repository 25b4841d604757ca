"""users.*, usergroups.*, team.info, auth.test and api.test: who is who."""

from typing import Any

from rehearsal.slack.errors import SlackError
from rehearsal.slack.settings import Person, UserGroup
from rehearsal.slack.state import State
from rehearsal.slack.web_api.method import Call, Method, Methods, page

Json = dict[str, Any]


def shown(state: State, person: Person) -> Json:
    """Give a person as users.info shows them."""
    made: Json = {
        "id": person.id,
        "team_id": state.directory.team_of(person.id),
        "name": person.name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": 0,
        "profile": {
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.name,
            "display_name_normalized": person.name,
            "title": person.title,
            "team": state.directory.team_of(person.id),
        },
    }
    if person.is_stranger:
        made["is_stranger"] = True
    if person.deleted:
        return made
    return {**made, **_living(person)}


def _living(person: Person) -> Json:
    return {
        "color": person.color,
        "real_name": person.real_name,
        "tz": "Etc/UTC",
        "tz_label": "UTC",
        "tz_offset": 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted or person.is_ultra_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
    }


def info(state: State, call: Call) -> Json:
    """Describe one person."""
    person = state.directory.person(call.text("user", ""))
    return {"ok": True, "user": shown(state, person)}


def listed(state: State, call: Call) -> Json:
    """List the people of the workspace; strangers belong to another."""
    everyone = state.directory.people.values()
    found = [shown(state, p) for p in everyone if not p.is_stranger]
    paged = page(found, call, "members")
    del paged["has_more"]
    return {"ok": True, "cache_ts": int(state.clock.now()), **paged}


def _group(state: State, group: UserGroup, *, users: bool) -> Json:
    made: Json = {
        "id": group.id,
        "team_id": state.settings.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "date_delete": 0,
        "user_count": len(group.users),
    }
    return {**made, "users": list(group.users)} if users else made


def groups(state: State, call: Call) -> Json:
    """List the user groups."""
    users = call.flag("include_users")
    found = [_group(state, g, users=users) for g in state.directory.groups.values()]
    return {"ok": True, "usergroups": found}


def group_users(state: State, call: Call) -> Json:
    """List the members of a user group."""
    found = state.directory.groups.get(call.text("usergroup", ""))
    if found is None:
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": list(found.users)}


def team(state: State, _call: Call) -> Json:
    """Describe the workspace."""
    settings = state.settings
    return {
        "ok": True,
        "team": {
            "id": settings.team_id,
            "name": settings.team_name,
            "domain": settings.team_domain,
            "email_domain": "",
            "icon": {"image_default": True},
        },
    }


def identify(state: State, _call: Call) -> Json:
    """Tell the app who it is."""
    settings = state.settings
    return {
        "ok": True,
        "url": f"https://{settings.team_domain}.slack.com/",
        "team": settings.team_name,
        "user": settings.app.name,
        "team_id": settings.team_id,
        "user_id": settings.app.bot_user_id,
        "bot_id": settings.app.bot_id,
        "is_enterprise_install": False,
    }


def echo(_state: State, call: Call) -> Json:
    """Answer with the arguments, or with the error that they ask for."""
    if call.arguments.get("error"):
        raise SlackError(str(call.arguments["error"]), args=call.arguments)
    return {"ok": True, "args": call.arguments}


# Tiers: docs.slack.dev/reference/methods, each method's page, read 2026.
METHODS: Methods = {
    "api.test": Method(echo, tier=None, public=True),
    "auth.test": Method(identify, tier=None),
    "team.info": Method(team, ("team:read",), 3),
    "users.info": Method(info, ("users:read",), 4),
    "users.list": Method(listed, ("users:read",), 2),
    "usergroups.list": Method(groups, ("usergroups:read",), 2),
    "usergroups.users.list": Method(group_users, ("usergroups:read",), 2),
}
