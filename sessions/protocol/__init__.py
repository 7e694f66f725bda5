"""The wire protocol: every message, typed once, as JSON text or MessagePack binary.

A frame is `{"type": ..., "payload": {...}}`; a durable server message also carries `seq`.
Payload keys are camelCase on the wire. docs/protocol.md is made from these types.
"""

from sessions.protocol.from_client import *
from sessions.protocol.from_server import *
from sessions.protocol.terms import *
