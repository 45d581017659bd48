"""Headers of answers: those of HTTP and of whoever stands in between, and those that are a matter of the API."""

from typing import Final

_OF_HTTP: Final = (
    "accept-ranges age allow alt-svc cache-control connection content-disposition content-encoding "
    "content-language content-length content-location content-range content-security-policy content-type "
    "cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy date etag expect-ct "
    "expires host keep-alive last-modified location nel origin-agent-cluster p3p permissions-policy pragma "
    "priority proxy-authenticate referrer-policy report-to reporting-endpoints server server-timing "
    "set-cookie strict-transport-security te timing-allow-origin trailer transfer-encoding upgrade vary via "
    "www-authenticate"
)
_OF_FRAMEWORKS: Final = (
    "apigw-requestid fly-request-id rndr-id traceparent tracestate x-aspnet-version x-cache x-cache-hits "
    "x-content-type-options x-correlation-id x-dns-prefetch-control x-download-options x-frame-options "
    "x-permitted-cross-domain-policies x-powered-by x-render-origin-server x-request-id x-runtime x-served-by "
    "x-timer x-trace-id x-ua-compatible x-xss-protection"
)
_KNOWN: Final = frozenset(f"{_OF_HTTP} {_OF_FRAMEWORKS}".split())
_OF_THOSE_BETWEEN: Final = (
    "access-control-",
    "cf-",
    "x-amz-",
    "x-amzn-",
    "x-azure-",
    "x-b3-",
    "x-cloud-",
    "x-envoy-",
    "x-fastly-",
    "x-goog-",
    "x-mock-",
    "x-nf-",
    "x-vercel-",
)


def is_of_this_api(name: str) -> bool:
    """Whether a header, its name in lower case, tells something that only this API can tell."""
    return not (name in _KNOWN or name.startswith(_OF_THOSE_BETWEEN))
