from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import filled, members, take, text, whole


@dataclass(kw_only=True, slots=True)
class RequestParams:
    """The parameters TemPolor's own web page sends along with each of its calls, copied from a browser that is
    logged in. Any object is taken, an empty one too. Answers mask `service_ticket`."""

    sv: str | None = None
    """Release channels of the web page."""
    ver_code: int | None = None
    """Version of the web page as a number."""
    lang: str | None = None
    """Language of the web page."""
    la: str | None = None
    """Language and region of the browser."""
    di: str | None = None
    """Device id."""
    pf: str | None = None
    """Platform, as a code."""
    mi: str | None = None
    """Operating system."""
    biz: int | None = None
    """Line of business, as a code."""
    utdid: str | None = None
    """Device id once more."""
    ts: int | None = None
    """Time of the browser's call in milliseconds since 1970."""
    service_ticket: str | None = None
    """Secret of the browser session. Comes back masked."""
    ucid: str | None = None
    """Id of the account; used when `user_id` is missing."""
    user_id: str | None = None
    """Id of the account."""
    member_level: int | None = None
    """Membership, as a code."""
    is_visitor: int | None = None
    """1 for a visitor without an account, else 0."""
    vip_type: int | None = None
    """Plan, as a code."""
    app_id: str | None = None
    """Part of the product."""
    app: str | None = None
    """Kind of client."""
    ve: str | None = None
    """Version of the client."""
    entry: str | None = None
    """Where the visit began."""
    fr: str | None = None
    """Where the call comes from."""
    ip: str | None = None
    """Address of the browser as TemPolor sees it."""
    business_type: str | None = None
    """Line of business by name."""
    la_multi: str | None = None
    """Language of the browser without region."""
    b_ts: str | None = None
    """Time in milliseconds since 1970, as a string."""
    user_agent: str | None = None
    """The browser's name for itself."""
    web_terminal: str | None = None
    """Kind of screen."""
    additional_properties: dict[str, Any] = field(default_factory=dict)
    """Fields the document does not know, those it describes otherwise, and those that came as null."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Read the object from JSON; unknown fields are kept in `additional_properties`.

        Raises:
            MisfitError: It is not an object, or a field that must be there is not.

        """
        fields = members(source)
        return cls(
            sv=take(fields, "sv", text),
            ver_code=take(fields, "ver_code", whole),
            lang=take(fields, "lang", text),
            la=take(fields, "la", text),
            di=take(fields, "di", text),
            pf=take(fields, "pf", text),
            mi=take(fields, "mi", text),
            biz=take(fields, "biz", whole),
            utdid=take(fields, "utdid", text),
            ts=take(fields, "ts", whole),
            service_ticket=take(fields, "service_ticket", text),
            ucid=take(fields, "ucid", text),
            user_id=take(fields, "user_id", text),
            member_level=take(fields, "member_level", whole),
            is_visitor=take(fields, "is_visitor", whole),
            vip_type=take(fields, "vip_type", whole),
            app_id=take(fields, "app_id", text),
            app=take(fields, "app", text),
            ve=take(fields, "ve", text),
            entry=take(fields, "entry", text),
            fr=take(fields, "fr", text),
            ip=take(fields, "ip", text),
            business_type=take(fields, "business_type", text),
            la_multi=take(fields, "la_multi", text),
            b_ts=take(fields, "b_ts", text),
            user_agent=take(fields, "userAgent", text),
            web_terminal=take(fields, "web_terminal", text),
            additional_properties=fields,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON: fields that are None are left out, unless the service sent them as null."""
        return filled(
            {
                "sv": self.sv,
                "ver_code": self.ver_code,
                "lang": self.lang,
                "la": self.la,
                "di": self.di,
                "pf": self.pf,
                "mi": self.mi,
                "biz": self.biz,
                "utdid": self.utdid,
                "ts": self.ts,
                "service_ticket": self.service_ticket,
                "ucid": self.ucid,
                "user_id": self.user_id,
                "member_level": self.member_level,
                "is_visitor": self.is_visitor,
                "vip_type": self.vip_type,
                "app_id": self.app_id,
                "app": self.app,
                "ve": self.ve,
                "entry": self.entry,
                "fr": self.fr,
                "ip": self.ip,
                "business_type": self.business_type,
                "la_multi": self.la_multi,
                "b_ts": self.b_ts,
                "userAgent": self.user_agent,
                "web_terminal": self.web_terminal,
            },
            self.additional_properties,
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object as JSON text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)
