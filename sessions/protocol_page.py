"""docs/protocol.md, made from the types of the protocol, so that the page cannot tell another story. Pure."""

import inspect
from typing import Any, get_args

import msgspec

from sessions import protocol

_OPENING = """# The wire protocol

Made from `sessions/protocol/` by `manage.py protocol_page`; change it there.

One WebSocket a reading session, at `/ws/reading/<session id>/`. The subprotocol chooses the encoding:
`readerai.v1.json` sends JSON in text frames, `readerai.v1.msgpack` MessagePack in binary frames; the server
prefers MessagePack when both are offered. Who the child is, the signed cookie says.

A message is `{"type": ..., "payload": {...}}`; an empty payload may be left out. Unknown types and
unknown fields are refused with `ERROR`. The first message on every socket is `HELLO`, and its answer is
always one complete `SESSION_RESTORED`.

**Durable** messages carry `seq`, numbered from 1 within an epoch. They are kept until a `PROGRESS`
acknowledges them and sent again after a reconnect, in order; a client drops what it has seen (`seq` not
above its last one). Transient messages have no `seq`. When `SESSION_RESTORED` has the outcome `snapshot`
or `new`, the client forgets its own numbers and takes `pendingMessages` as they come; what it has had under
the old numbers may be among them, so it takes each durable message once by what it is: question, type, index.

A client that does not acknowledge has at most 64 durable messages or 256 KB on their way to it; then it is
closed with 4504 and gets the rest when it comes back. One that says nothing for 150 seconds is closed
with 4509.

A client makes the id of each question and sends it again, unchanged, until it is acknowledged: the
server asks it once. After `QUESTION_CANCELLED`, or a newer question, nothing more of the older answer
is sent.

A child that opens socket after socket is closed with 1013 until it comes less often; a server that is
asked for more sockets than it can open answers the handshake with 503. More than 20 frames a second, for
longer than a moment, are refused with `ERROR` (`too_fast`) and the close code 4429.
"""


def render() -> str:
    """Return the whole page as Markdown."""
    parts = [
        _OPENING,
        "## From the client\n",
        *(_message(kind) for kind in get_args(protocol.ClientMessage)),
        "## From the server, durable\n",
        *(_message(kind) for kind in get_args(protocol.DurableMessage)),
        "## From the server, transient\n",
        *(_message(kind) for kind in get_args(protocol.TransientMessage)),
        "## Types\n",
        *(_payload(kind) for kind in (protocol.Position, protocol.AskedQuestion)),
        _outcomes(),
        _close_codes(),
    ]
    return "\n".join(parts)


def _text(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def _message(kind: type[msgspec.Struct]) -> str:
    payload = next(field for field in msgspec.structs.fields(kind) if field.name == "payload").type
    return f"### `{kind.__struct_config__.tag}`\n\n{_text(kind)}\n\n{_fields(payload)}"


def _payload(kind: type[msgspec.Struct]) -> str:
    return f"### {kind.__name__}\n\n{_text(kind)}\n\n{_fields(kind)}"


def _fields(kind: type[msgspec.Struct]) -> str:
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    if not info.fields:
        return "No payload.\n"
    rows = "\n".join(
        f"| `{field.encode_name}` | {_describe(field.type)} | {'yes' if field.required else 'no'} |"
        for field in info.fields
    )
    said = "" if kind in (protocol.Position, protocol.AskedQuestion) else f"{_text(kind)}\n\n"
    return f"{said}| field | type | required |\n|---|---|---|\n{rows}\n"


def _describe(kind: msgspec.inspect.Type) -> str:
    """Return a type in words."""
    match kind:
        case msgspec.inspect.IntType():
            bounds = [f"from {kind.ge}" if kind.ge is not None else "", f"to {kind.le}" if kind.le else ""]
            return " ".join(["whole number", *filter(None, bounds)])
        case msgspec.inspect.StrType():
            if kind.pattern:
                return "UUID in lower case"
            lengths = [str(length) for length in (kind.min_length, kind.max_length) if length is not None]
            limit = "at most " if kind.min_length is None else ""
            return f"text of {limit}{' to '.join(lengths)} characters" if lengths else "text"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.NoneType():
            return "null"
        case msgspec.inspect.EnumType():
            return "one of " + ", ".join(f"`{member.value}`" for member in kind.cls)
        case msgspec.inspect.UnionType():
            if all(isinstance(part, msgspec.inspect.StructType) for part in kind.types):
                return "durable message"
            return " or ".join(_describe(part) for part in kind.types)
        case msgspec.inspect.VarTupleType():
            limit = f" (at most {kind.max_length})" if kind.max_length else ""
            return f"list of {_describe(kind.item_type)}{limit}"
        case msgspec.inspect.TupleType():
            return "[" + ", ".join(_describe(part) for part in kind.item_types) + "]"
        case msgspec.inspect.StructType():
            return kind.cls.__name__
        case _:
            raise TypeError(f"no words for {kind!r}")


def _outcomes() -> str:
    meanings = {
        protocol.Outcome.NEW: "the client said no epoch; this is where to begin",
        protocol.Outcome.LOSSLESS: "nothing was missed",
        protocol.Outcome.REPLAYED: "what was missed is in `pendingMessages`, complete",
        protocol.Outcome.SNAPSHOT: "the client's numbers were of no use: trust this message only",
    }
    rows = "\n".join(f"| `{outcome.value}` | {meanings[outcome]} |" for outcome in protocol.Outcome)
    return f"## Outcomes\n\n| outcome | meaning |\n|---|---|\n{rows}\n"


def _close_codes() -> str:
    rows = "\n".join(
        f"| {code.value} | {code.name.lower().replace('_', ' ')} | {'no' if code.final else 'with backoff'} |"
        for code in protocol.CloseCode
    )
    head = "| code | reason | come back? |\n|---|---|---|"
    return f"## Close codes\n\n{_text(protocol.CloseCode)}\n\n{head}\n{rows}\n"
