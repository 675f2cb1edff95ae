"""Parameters of the two SIP profiles, each with the reason why it is set (names are mod_sofia's)."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.config import Settings

Params = list[tuple[str, str]]


def common_params(settings: Settings) -> Params:
    """Both profiles: addresses, hardening, media."""
    address = _sip_address(settings)
    params: Params = [
        ("debug", "0"),
        ("sip-trace", "no"),
        ("user-agent-string", "Sangdam"),
        ("dialplan", "XML"),
        ("sip-ip", address),
        ("rtp-ip", address),
        # Calls: what may be asked of us.
        ("enable-timer", "false"),  # no session timers: a re-INVITE of theirs un-holds JsSIP
        ("enable-100rel", "false"),
        ("disable-transfer", "true"),  # REFER: transfers are the agent desktop's, with its rights
        ("enable-3pcc", "false"),
        ("manage-presence", "false"),
        ("presence-hosts", ""),
        ("auth-messages", "true"),  # no MESSAGE from strangers, and no chatplan exists for it
        ("auth-subscriptions", "true"),
        ("enable-chat", "false"),
        ("in-dialog-chat", "false"),
        ("fire-message-events", "false"),
        ("parse-invite-tel-params", "false"),
        ("accept-blind-reg", "false"),
        ("accept-blind-auth", "false"),
        ("log-auth-failures", "true"),
        ("nonce-ttl", "60"),
        # Media.
        ("inbound-late-negotiation", "true"),
        ("inbound-codec-negotiation", "generous"),
        ("rtp-timer-name", "soft"),
        ("dtmf-type", "rfc2833"),
        ("liberal-dtmf", "true"),  # digits by RFC 4733 or INFO, whatever was negotiated
        ("rfc2833-pt", "101"),
        ("hold-music", "local_stream://sangdam"),
        ("suppress-cng", "true"),
        ("max-recv-requests-per-second", "0"),
    ]
    if settings.external_ip:
        params += [("ext-rtp-ip", settings.external_ip), ("ext-sip-ip", settings.external_ip)]
    return params


def internal_params(settings: Settings, *, opus: bool) -> Params:
    """Phones and browsers: they register, and every request of theirs is authenticated."""
    codecs = "OPUS,G722,PCMA,PCMU" if opus else "G722,PCMA,PCMU"
    params: Params = [
        ("context", "agents"),
        ("sip-port", str(settings.sip_port)),
        ("ws-binding", f"{_plain_ws(settings)}:{settings.ws_port}"),
        ("inbound-codec-prefs", codecs),
        ("outbound-codec-prefs", codecs),
        ("auth-calls", "true"),
        ("auth-all-packets", "false"),
        ("auth-require-user", "true"),
        ("inbound-reg-force-matching-username", "true"),
        # One domain, whatever host part a phone was given: digests are stored for this realm.
        ("challenge-realm", settings.sip_domain),
        ("force-register-domain", settings.sip_domain),
        ("force-register-db-domain", settings.sip_domain),
        ("force-subscription-domain", settings.sip_domain),
        # The newest registration of an account counts: an offer chooses the agent leg's UUID, which
        # FreeSWITCH gives to one contact only and fails the others, so a stale one would not ring.
        ("multiple-registrations", "false"),
        ("tcp-unreg-on-socket-close", "true"),
        ("sip-force-expires-max", "3600"),
        ("sip-force-expires-min", "30"),
        # Browsers send candidates of whichever network they are in.
        ("apply-candidate-acl", "any_v4.auto"),
        ("apply-candidate-acl", "any_v6.auto"),
        ("apply-nat-acl", "nat.auto"),
    ]
    if settings.wss_port is not None:
        # FreeSWITCH makes a certificate of its own when certs/wss.pem is missing.
        params.append(("wss-binding", f"{_listen(settings)}:{settings.wss_port}"))
        params.append(("tls-cert-dir", str(settings.freeswitch_dir / "certs")))
    return params


def external_params(settings: Settings) -> Params:
    """Carriers: accepted by address, never by registering."""
    return [
        ("context", "public"),
        ("sip-port", str(settings.trunk_port)),
        ("inbound-codec-prefs", "PCMA,PCMU,G722"),
        ("outbound-codec-prefs", "PCMA,PCMU"),
        ("auth-calls", "false"),
        ("apply-inbound-acl", "sangdam_trunks"),
        ("disable-register", "true"),
    ]


def _unspecified(settings: Settings) -> bool:
    return ipaddress.ip_address(settings.bind).is_unspecified


def _sip_address(settings: Settings) -> str:
    """The address that stands in SIP and SDP; FreeSWITCH's own guess when we bind to every address."""
    if not _unspecified(settings):
        return settings.bind
    return "$${local_ip_v6}" if ":" in settings.bind else "$${local_ip_v4}"


def _plain_ws(settings: Settings) -> str:
    """Behind a TLS front (an https address, and no TLS of FreeSWITCH's own) browsers come through the front
    on this machine: unencrypted SIP is not for the world."""
    fronted = settings.public_url.startswith("https://") and settings.wss_port is None
    return "127.0.0.1" if fronted and _unspecified(settings) else _listen(settings)


def _listen(settings: Settings) -> str:
    """Address part of a ``ws-binding``; empty listens everywhere."""
    if _unspecified(settings):
        return ""
    return f"[{settings.bind}]" if ":" in settings.bind else settings.bind
