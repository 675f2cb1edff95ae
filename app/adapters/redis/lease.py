"""Who owns live state: a lease that runs out by itself, with a token that only ever grows."""

from __future__ import annotations

from typing import Any

import redis

from app.adapters.redis.client import translated

FENCE = "sangdam:fence"

# Each script is one step for everybody else. KEYS[1] is the lease, KEYS[2] the fencing counter.
_ACQUIRE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
return token
"""
_RENEW = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
if not owner and redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def lease_key(name: str) -> str:
    """``controller`` → ``sangdam:lease:controller``."""
    return f"sangdam:lease:{name}"


class RedisLease:
    """Implements app.ports.Lease. Raises RedisUnavailable: who cannot renew must stop deciding."""

    def __init__(self, client: redis.Redis) -> None:
        self._acquire: Any = client.register_script(_ACQUIRE)
        self._renew: Any = client.register_script(_RENEW)
        self._release: Any = client.register_script(_RELEASE)

    def acquire(self, name: str, ttl_seconds: float) -> int | None:
        """The fencing token, greater than any before; None while somebody else owns it."""
        with translated():
            token = self._acquire(keys=[lease_key(name), FENCE], args=[_millis(ttl_seconds)])
        return None if token is None else int(token)

    def renew(self, name: str, token: int, ttl_seconds: float) -> bool:
        """Keep it for ``ttl_seconds`` more, also when it has run out (Redis was away) and nobody has taken it
        since; False when somebody has."""
        with translated():
            return bool(self._renew(keys=[lease_key(name), FENCE], args=[token, _millis(ttl_seconds)]))

    def release(self, name: str, token: int) -> None:
        """Give it up, if it is still ours."""
        with translated():
            self._release(keys=[lease_key(name)], args=[token])


def _millis(seconds: float) -> int:
    return max(1, int(seconds * 1000))
