"""The channel layer: that of channels-redis, with connections that cost a fraction of its own.

An answer wakes its child's server with every sentence, so what a lone message costs counts: sending one took
75 us of CPU and takes 10 to 30, hearing one took 190 and takes 100.
"""

import asyncio
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer, RedisSingleShardConnection
from channels_redis.utils import _wrap_close

from sessions import redis_clients
from sessions.live.batching import Batches
from sessions.redis_lanes import Arguments, Lanes
from sessions.redis_listener import Listener

_SECONDS = 5


class ChannelLayer(RedisPubSubChannelLayer):
    """Channels and groups on the Redis that `url` names; each event loop has connections of its own."""

    def _get_layer(self) -> "_LoopLayer":
        loop = asyncio.get_running_loop()
        layer = self._layers.get(loop)
        if layer is None:
            layer = self._layers[loop] = _LoopLayer(*self._args, channel_layer=self, **self._kwargs)
            _wrap_close(self, loop)
        return layer


class _LoopLayer(RedisPubSubLoopLayer):
    def __init__(self, url: str, **options: Any) -> None:
        super().__init__([url], **options)
        self._shards = [_Connections(url, self)]


class _Connections(RedisSingleShardConnection):
    """What the library asks of its connections to one server."""

    def __init__(self, url: str, layer: _LoopLayer) -> None:
        super().__init__({"address": url}, layer)
        self._client = redis_clients.connect(url, connections=2, seconds=_SECONDS)
        pool = self._client.connection_pool
        self._lanes = Lanes(pool, seconds=_SECONDS)
        self._batches: Batches[Arguments, Any] = Batches(self._lanes.send)
        self._listener = Listener(pool, self._hear, seconds=_SECONDS)

    async def publish(self, channel: str, message: bytes) -> None:
        """Send a message to whoever hears the channel."""
        (reply,) = await self._batches.run([("PUBLISH", channel, message)])
        if isinstance(reply, Exception):
            raise reply

    async def subscribe(self, channel: str) -> None:
        """Hear a channel."""
        await self._listener.subscribe(channel)

    async def unsubscribe(self, channel: str) -> None:
        """Hear it no more."""
        await self._listener.unsubscribe(channel)

    async def flush(self) -> None:
        """Forget what is heard, and close the connections."""
        await self._listener.close()
        await self._lanes.close()
        await self._client.aclose()  # those to sentinels

    def _hear(self, channel: str, message: bytes) -> None:
        self._receive_message({"channel": channel, "data": message})
