"""Where a request comes from, for whoever counts tries."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_IPV6_HOST_BITS = 64  # one home or school has all addresses of its /64


def client_address(request: HttpRequest) -> str:
    """Return the client's address.

    X-Forwarded-For is believed only behind a proxy of ours (BEHIND_TLS_PROXY), and of it only the last
    address, which that proxy wrote: what stands before is what the client said of itself.
    """
    if settings.BEHIND_TLS_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR", "")


def network_of(address: str) -> str:
    """Return what one client can hardly change of its address: all of IPv4, the first half of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_HOST_BITS), strict=False))
