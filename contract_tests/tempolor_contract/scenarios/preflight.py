"""The first knock on a target: is it there, is it this API, does it know the token?"""

from .lab import Lab


class NotTheApiError(Exception):
    """The target cannot be judged; the message says why, in one line."""


_DOORS = ("list_running_jobs", "get_available_capacity", "list_accounts")
_PATIENCE = 10.0


def knock(lab: Lab) -> None:
    """Return if one of three reading calls is answered as only this API would; NotTheApiError if none is.

    One good answer is enough: a service with a broken call is still worth judging.
    """
    told = []
    for operation in _DOORS:
        call = lab.call(operation, accept_unclear=True, timeout=min(_PATIENCE, lab.target.timeout))
        if call.status == 0 and "Connect" in call.exchange.fault:
            raise NotTheApiError(f"cannot reach {lab.target.base_url}: {call.exchange.fault}")
        if call.status == 200 and isinstance(call.answer, (dict, list)):
            return
        if call.status == 404 and operation == "list_accounts" and "error" in call.item:
            return
        told.append(call)
    if all(call.status == 401 for call in told):
        raise NotTheApiError(f"{lab.target.base_url} refuses the token: 401 {told[0].error}".rstrip())
    last = told[-1]
    response = last.exchange.response
    what = last.exchange.fault if response is None else f"{last.status} {response.media_type or 'without Content-Type'}"
    raise NotTheApiError(f"{lab.target.base_url} does not look like the API: {last.method} {last.path} gave {what}")
