from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ..types import anything, filled, members, take


@dataclass(kw_only=True, slots=True)
class RequestParams:
    """The parameters that TemPolor's web page sends with its calls, copied from a browser. The page shows one sample
    and prints no types. Inferred: any object is accepted, an empty one too, and answers mask `service_ticket`."""

    sv: Any | None = None
    """Inferred: release channels of the web page."""
    ver_code: Any | None = None
    """Inferred: version of the web page, as a number."""
    lang: Any | None = None
    """Inferred: language of the web page."""
    la: Any | None = None
    """Inferred: language and region of the browser."""
    di: Any | None = None
    """Inferred: device id."""
    pf: Any | None = None
    """Inferred: platform, as a code."""
    mi: Any | None = None
    """Inferred: operating system."""
    biz: Any | None = None
    """Inferred: line of business, as a code."""
    utdid: Any | None = None
    """Inferred: the device id again."""
    ts: Any | None = None
    """Inferred: time of the call, in milliseconds since 1970."""
    service_ticket: Any | None = None
    """Inferred: secret of the browser's session; masked in answers."""
    ucid: Any | None = None
    """Inferred: id of the account; counts if `user_id` is missing."""
    user_id: Any | None = None
    """Inferred: id of the account."""
    member_level: Any | None = None
    """Inferred: membership, as a code."""
    is_visitor: Any | None = None
    """Inferred: 1 for a visitor without an account, else 0."""
    vip_type: Any | None = None
    """Inferred: plan, as a code."""
    app_id: Any | None = None
    """Inferred: part of the product."""
    app: Any | None = None
    """Inferred: kind of client."""
    ve: Any | None = None
    """Inferred: version of the client."""
    entry: Any | None = None
    """Inferred: where the visit began."""
    fr: Any | None = None
    """Inferred: where the call comes from."""
    ip: Any | None = None
    """Inferred: address of the browser."""
    business_type: Any | None = None
    """Inferred: line of business, by name."""
    la_multi: Any | None = None
    """Inferred: language of the browser, without region."""
    b_ts: Any | None = None
    """Inferred: time in milliseconds since 1970, as text."""
    user_agent: Any | None = None
    """Inferred: how the browser names itself."""
    web_terminal: Any | None = None
    """Inferred: kind of device."""
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
            sv=take(fields, "sv", anything),
            ver_code=take(fields, "ver_code", anything),
            lang=take(fields, "lang", anything),
            la=take(fields, "la", anything),
            di=take(fields, "di", anything),
            pf=take(fields, "pf", anything),
            mi=take(fields, "mi", anything),
            biz=take(fields, "biz", anything),
            utdid=take(fields, "utdid", anything),
            ts=take(fields, "ts", anything),
            service_ticket=take(fields, "service_ticket", anything),
            ucid=take(fields, "ucid", anything),
            user_id=take(fields, "user_id", anything),
            member_level=take(fields, "member_level", anything),
            is_visitor=take(fields, "is_visitor", anything),
            vip_type=take(fields, "vip_type", anything),
            app_id=take(fields, "app_id", anything),
            app=take(fields, "app", anything),
            ve=take(fields, "ve", anything),
            entry=take(fields, "entry", anything),
            fr=take(fields, "fr", anything),
            ip=take(fields, "ip", anything),
            business_type=take(fields, "business_type", anything),
            la_multi=take(fields, "la_multi", anything),
            b_ts=take(fields, "b_ts", anything),
            user_agent=take(fields, "userAgent", anything),
            web_terminal=take(fields, "web_terminal", anything),
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
