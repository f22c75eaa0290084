"""Requests, refusals, pages and the live stream. Written by hand, with the standard library alone."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from .signing import RequestSigner

# A node keeps an idle stream alive every 15 s: silence of three times that is a lost connection.
_SILENCE_S = 45
_RETRY_STATUSES = (429, 503)
# What a connection that breaks raises.
_LOST = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class ProblemFault:
    """One fault of a refusal: stable code, place, English, Spanish."""

    code: str
    pointer: str
    detail: str
    detail_es: str


class ProblemError(Exception):
    """A refusal of the node (RFC 9457), with all its faults."""

    def __init__(self, status: int, body: Dict[str, Any], retry_after: Optional[float]) -> None:
        super().__init__(str(body.get("detail") or f"status {status}"))
        self.status = status
        self.code = str(body.get("code") or "")
        self.detail_es = str(body.get("detailEs") or "")
        self.errors: List[ProblemFault] = [
            ProblemFault(e.get("code", ""), e.get("pointer", ""), e.get("detail", ""), e.get("detailEs", ""))
            for e in body.get("errors") or []
        ]
        # Seconds after which it may be tried again, where the node says so.
        self.retry_after = retry_after


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed or authorised request goes nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def segment(text: str) -> str:
    """A member of a path."""
    return urllib.parse.quote(text, safe="!'()*-._~")


def segments(text: str) -> str:
    """A member of a path whose slashes stay."""
    return "/".join(segment(part) for part in text.split("/"))


class Transport:
    """How to reach a node, and as whom: a token, or a key that signs each request.

    Requests that may be repeated are tried again `retries` times when the node is busy or away.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: Optional[str] = None,
        signer: Optional[RequestSigner] = None,
        retries: int = 3,
        timeout: float = 30,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._token, self._signer = token, signer
        self._retries, self._timeout = retries, timeout
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send_json(self, method: str, path: str, **call: Any) -> Any:
        return json.loads(self.send_bytes(method, path, **call))

    def send_text(self, method: str, path: str, **call: Any) -> str:
        return self.send_bytes(method, path, **call).decode("utf-8")

    def send_bytes(self, method: str, path: str, **call: Any) -> bytes:
        # A write is repeated only where the node can tell that it is the same.
        repeatable = method == "GET" or bool((call.get("fields") or {}).get("Idempotency-Key"))
        tried = 0
        wait: Optional[float]
        while True:
            try:
                with self._once(method, path, timeout=self._timeout, **call) as response:
                    return response.read()
            except ProblemError as error:
                # Signed in the second in which the node started: nothing was taken, and a new signature will be.
                early = error.code == "request-before-start"
                if not (early or repeatable and error.status in _RETRY_STATUSES) or tried >= self._retries:
                    raise
                wait = 1.0 if early else error.retry_after
            except _LOST:
                if not repeatable or tried >= self._retries:
                    raise
                wait = None
            time.sleep(wait if wait is not None else 0.2 * 2**tried)
            tried += 1

    def pages(self, page: Callable[..., Any], options: Dict[str, Any]) -> Iterator[Any]:
        """All items of a list, asking for the next page when one is used up."""
        cursor: Optional[str] = options.pop("cursor", None)
        while True:
            answer = page(**options, cursor=cursor)
            yield from answer["items"]
            cursor = answer["next"]
            if cursor is None:
                return

    def events(self, method: str, path: str, **call: Any) -> Iterator[Any]:
        """Events without end: a broken connection is opened again after the last event that is a cursor.

        Of several records that one entry of the log opened, only the last is; those told again are left out here.
        """
        query = dict(call.pop("query", None) or {})
        told: set = set()
        wait = 0.0
        while True:
            time.sleep(wait)
            try:
                with self._once(method, path, timeout=_SILENCE_S, query=query, **call) as response:
                    wait = 0.0
                    for cursor, data in _frames(response):
                        event = json.loads(data)
                        if event["id"] not in told:
                            yield event
                        if cursor is None:
                            told.add(event["id"])
                        else:
                            query["cursor"], told = cursor, set()
            except ProblemError as error:
                if error.status not in _RETRY_STATUSES:
                    raise
            except _LOST:
                pass
            wait = min(max(wait * 2, 0.25), 10.0)

    def _once(
        self,
        method: str,
        path: str,
        *,
        accept: str,
        timeout: float,
        query: Optional[Dict[str, Any]] = None,
        fields: Optional[Dict[str, Optional[str]]] = None,
        json_body: Any = None,
        data: Optional[bytes] = None,
        content_type: Optional[str] = None,
    ) -> Any:
        url = self._base + path
        members = [(name, _text(value)) for name, value in (query or {}).items() if value is not None]
        if members:
            url += "?" + urllib.parse.urlencode(members)
        headers = {"Accept": accept}
        headers.update({name: value for name, value in (fields or {}).items() if value is not None})
        if json_body is not None:
            data = json.dumps(json_body, ensure_ascii=False).encode("utf-8")
            headers["Content-Type"] = "application/json"
        elif data is not None:
            headers["Content-Type"] = content_type or "application/octet-stream"
        if self._signer is not None:
            headers.update(self._signer.fields(method, url, data))
        elif self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            return self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            raise _problem(error) from None


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _problem(error: urllib.error.HTTPError) -> ProblemError:
    text = error.read().decode("utf-8", "replace")
    try:
        body = json.loads(text)
        if not isinstance(body, dict):
            raise ValueError
    except ValueError:
        body = {"detail": text[:500]}
    after = error.headers.get("Retry-After", "")
    return ProblemError(error.code, body, float(after) if after.isdigit() else None)


def _frames(lines: Iterator[bytes]) -> Iterator[Tuple[Optional[str], str]]:
    """Frames of Server-Sent Events: the cursor, where there is one, and the data."""
    cursor: Optional[str] = None
    data: List[str] = []
    for line in lines:
        text = line.decode("utf-8").rstrip("\r\n")
        if not text:
            if data:
                yield cursor, "\n".join(data)
            cursor, data = None, []
            continue
        name, _, value = text.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            data.append(value)
        elif name == "id":
            cursor = value
