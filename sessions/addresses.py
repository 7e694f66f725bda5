"""Where a request comes from, for whoever counts tries."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_IPV6_HOST_BITS = 64  # one home or school has all addresses of its /64


def client_address(request: HttpRequest) -> str:
    """Return the client's address.

    X-Forwarded-For is believed only behind a proxy of ours (BEHIND_TLS_PROXY), and of it only the last
    address, which that proxy wrote: what stands before is what the client said of itself. "" where the
    server is reached without an address.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_TLS_PROXY else ""
    last = forwarded.rpartition(",")[2].strip()
    return last if _is_address(last) else request.META.get("REMOTE_ADDR", "")


def network_of(address: str) -> str:
    """Return what one client can hardly change of its address: all of IPv4, the first half of IPv6."""
    if not _is_address(address) or ipaddress.ip_address(address).version == 4:
        return address
    return str(ipaddress.ip_network((address, _IPV6_HOST_BITS), strict=False))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
