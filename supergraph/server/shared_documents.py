"""Automatic persisted queries that several routers share, in Redis."""

from __future__ import annotations

import hashlib

from supergraph.server.persisted_documents import DocumentStore
from supergraph.server.shared_redis import RedisAway, SharedRedis

INDEX = "documents"

PUT = """
local now = redis.call('TIME')[1]
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[3])
local extra = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if extra > 0 then
  local forgotten = redis.call('ZPOPMIN', KEYS[2], extra)
  for i = 1, #forgotten, 2 do
    redis.call('DEL', string.gsub(KEYS[1], ARGV[1], forgotten[i]))
  end
end
"""

GET = """
local document = redis.call('GETEX', KEYS[1], 'EX', ARGV[2])
if document then
  redis.call('ZADD', KEYS[2], redis.call('TIME')[1], ARGV[1])
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
return document
"""


class RedisStore:
    """Remembers at most `size` documents in Redis, each for so many seconds after it was last asked for there.

    `near` keeps those of this process at hand, without a way to Redis. What Redis says is believed only where the hash
    is right; while it is away, documents are known to the routers that were sent them.
    """

    def __init__(self, redis: SharedRedis, near: DocumentStore, size: int, seconds: float) -> None:
        self._near = near
        self._size = size
        self._seconds = max(1, round(seconds))
        self._put = redis.script(PUT)
        self._get = redis.script(GET)

    async def get(self, document_id: str) -> str | None:
        """The document, or None."""
        known = await self._near.get(document_id)
        if known is not None or not _is_hash(document_id):
            return known
        try:
            found = await self._get(_keys(document_id), [document_id, self._seconds])
        except RedisAway:
            return None
        if found is None or hashlib.sha256(found.encode()).hexdigest() != document_id:
            return None
        await self._near.put(document_id, found)
        return found

    async def put(self, document_id: str, document: str) -> None:
        """Remembers it, unless this process knows that it is remembered."""
        if await self._near.get(document_id) is not None:
            return
        await self._near.put(document_id, document)
        try:
            await self._put(_keys(document_id), [document_id, document, self._seconds, self._size])
        except RedisAway:
            return


def _keys(document_id: str) -> list[str]:
    return [f"document:{document_id}", INDEX]


def _is_hash(document_id: str) -> bool:
    return len(document_id) == 64 and set(document_id) <= set("0123456789abcdef")


"""What a SHA-256 hash looks like: nothing else becomes part of a key."""
