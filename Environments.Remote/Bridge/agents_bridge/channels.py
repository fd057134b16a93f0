"""Connections to a server of environments."""

import ipaddress

import grpc


def open(target, secure=False, authority=None, options=()):  # noqa: A001
    """A channel to host:port or unix:/path; authority: PEM of who issued an encrypted server's certificate, None for those this machine trusts."""
    options = list(options)
    if is_local(target):
        options.append(("grpc.enable_http_proxy", 0))  # a proxy cannot reach what only this machine can
    if secure:
        return grpc.secure_channel(target, grpc.ssl_channel_credentials(authority), options)
    return grpc.insecure_channel(target, options)


def is_local(target):
    """Whether only this machine can be meant."""
    if target.startswith("unix:"):
        return True
    host = target.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
