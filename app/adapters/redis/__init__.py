"""Redis between the processes: the live view, the commands of people, the lease of live state."""

from app.adapters.redis.client import Client, RedisUnavailable, connect
from app.adapters.redis.commands import CommandInbox, RedisCommandBus
from app.adapters.redis.feed import LiveReader, RedisFeed
from app.adapters.redis.lease import RedisLease

__all__ = [
    "Client",
    "CommandInbox",
    "LiveReader",
    "RedisCommandBus",
    "RedisFeed",
    "RedisLease",
    "RedisUnavailable",
    "connect",
]
