"""The Twirp protocol as the LiveKit server speaks it: bodies, errors, status codes."""

import json
from collections.abc import Mapping

from aiohttp import web
from google.protobuf.json_format import MessageToJson, ParseDict, ParseError
from google.protobuf.message import DecodeError, Message

PROTOBUF = "application/protobuf"
JSON = "application/json"
STATUS: Mapping[str, int] = {
    "malformed": 400,
    "invalid_argument": 400,
    "unauthenticated": 401,
    "not_found": 404,
    "bad_route": 404,
    "unavailable": 503,
}


class TwirpError(Exception):
    """An error that the caller gets as JSON with the status of its code."""

    def __init__(self, code: str, message: str) -> None:
        """Make an error; the code is one of STATUS."""
        super().__init__(message)
        self.code = code
        self.message = message

    def response(self) -> web.Response:
        """Return it as the HTTP answer."""
        answer = {"code": self.code, "msg": self.message}
        return web.json_response(answer, status=STATUS[self.code])


def read_into(message: Message, content_type: str, body: bytes) -> None:
    """Fill `message` from a request's body; TwirpError if that cannot be done."""
    if content_type == PROTOBUF:
        _read_protobuf(message, body)
    elif content_type == JSON:
        _read_json(message, body)
    else:
        raise TwirpError("bad_route", f'unexpected Content-Type: "{content_type}"')


def response(message: Message, content_type: str) -> web.Response:
    """Return the answer in the encoding that was asked in."""
    if content_type == PROTOBUF:
        return web.Response(body=message.SerializeToString(), content_type=PROTOBUF)
    return web.Response(text=_as_json(message), content_type=JSON)


def _read_protobuf(message: Message, body: bytes) -> None:
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        text = "the protobuf request could not be decoded"
        raise TwirpError("malformed", text) from error


def _read_json(message: Message, body: bytes) -> None:
    try:
        ParseDict(json.loads(body), message, ignore_unknown_fields=True)
    except (ParseError, ValueError) as error:
        text = "the json request could not be decoded"
        raise TwirpError("malformed", text) from error


def _as_json(message: Message) -> str:
    return MessageToJson(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
        indent=None,
    )
