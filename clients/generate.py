#!/usr/bin/env python3
"""Writes the generated half of both clients from openapi.json: types for every schema, a method for every operation.

    cargo run -p garita -- openapi > clients/openapi.json
    python3 clients/generate.py            # writes
    python3 clients/generate.py --check    # exit 1 where what is committed is stale

Standard library only. What a generator cannot know (transport, signing, the stream, receipts) is written by hand beside it.
"""

import hashlib
import json
import keyword
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "openapi.json"
TYPESCRIPT = HERE / "typescript" / "src" / "generated.ts"
PYTHON = HERE / "python" / "garita_client" / "generated.py"
JSON_MEDIA = ("application/json", "application/vc", "application/did-resolution", "application/did+ld+json")


class Operation:
    """One operation of the document, as both writers need it."""

    def __init__(self, method, path, spec):
        self.id, self.method, self.path = spec["operationId"], method.upper(), path
        self.summary, self.summary_es = spec["summary"], spec["x-summary-es"]
        parameters = spec["parameters"]
        self.members = [p for p in parameters if p["in"] == "path"]
        self.query = [p for p in parameters if p["in"] == "query"]
        self.fields = [p for p in parameters if p["in"] == "header"]
        body = spec.get("requestBody", {}).get("content", {})
        self.body = None
        if "application/json" in body:
            self.body = body["application/json"]["schema"]
        elif body:
            self.body = "bytes"
        self.json, self.others = [], []
        for status, answer in spec["responses"].items():
            if not status.startswith("2"):
                continue
            for media, shape in answer["content"].items():
                if media in JSON_MEDIA:
                    self.json.append((media, shape["schema"]))
                else:
                    self.others.append(media)
        # The later method of a name would stand for both, unnoticed in Python.
        names = [suffix(media) if self.json else "" for media in self.others]
        if len(set(names)) < len(names):
            sys.exit(f"{self.id}: answers in {self.others} would be methods of one name")

    @property
    def options(self):
        """Optional members by name: query, then fields of the request; those required first."""
        named = sorted(self.query, key=lambda p: not p.get("required"))
        return named + self.fields


def operations(document):
    for path, item in document["paths"].items():
        for method, spec in item.items():
            yield Operation(method, path, spec)


def reference(schema):
    return schema.get("$ref", "").rsplit("/", 1)[-1]


def is_page(document, operation):
    """Whether an operation answers a page with a cursor for the next."""
    if not operation.json or not any(p["name"] == "cursor" for p in operation.query):
        return None
    shape = document["components"]["schemas"].get(reference(operation.json[0][1]), {})
    members = shape.get("properties", {})
    return members["items"]["items"] if {"items", "next"} <= set(members) else None


def suffix(media):
    return {"text/csv": "Csv", "text/plain": "Text"}.get(media, "Bytes")


def plural_name(operation_id):
    return "iterate" + operation_id.removeprefix("list")


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.replace("-", "_")).lower()


def camel(name):
    head, *rest = re.split(r"[-_]", name)
    return head[0].lower() + head[1:] + "".join(part[0].upper() + part[1:] for part in rest)


# TypeScript


def ts_type(schema, depth=0):
    if "$ref" in schema:
        return reference(schema)
    if "anyOf" in schema:
        return " | ".join(ts_type(one, depth) for one in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join("null" if v is None else json.dumps(v) for v in schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(ts_type({**schema, "type": one}, depth) for one in kind)
    if kind == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(ts_type(one, depth) for one in schema["prefixItems"]) + "]"
        inner = ts_type(schema.get("items", {}), depth)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object":
        if "properties" in schema:
            return ts_object(schema, depth)
        inner = schema.get("additionalProperties", True)
        return "Record<string, unknown>" if inner in (True, False) else f"Record<string, {ts_type(inner, depth)}>"
    return {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}.get(
        kind, "unknown"
    )


def ts_object(schema, depth):
    pad, lines = "  " * (depth + 1), ["{"]
    needed = schema.get("required", [])
    for name, member in schema["properties"].items():
        if "description" in member and "properties" not in member:
            lines.append(f"{pad}/** {member['description']} */")
        shown = name if re.fullmatch(r"[A-Za-z_]\w*", name) else json.dumps(name)
        mark = "" if name in needed else "?"
        lines.append(f"{pad}{shown}{mark}: {ts_type(member, depth + 1)};")
    if schema.get("additionalProperties") is True:
        lines.append(f"{pad}[further: string]: unknown;")
    return "\n".join(lines + ["  " * depth + "}"])


def ts_path(operation):
    text = operation.path
    for member in operation.members:
        how = "segments" if member.get("x-slashes") else "segment"
        text = text.replace("{%s}" % member["name"], "${%s(%s)}" % (how, camel(member["name"])))
    return f"`{text}`"


def ts_options(operation):
    if not operation.options:
        return None
    parts = []
    for p in operation.options:
        mark = "" if p.get("required") else "?"
        parts.append(f"{camel(p['name'])}{mark}: {ts_type(p['schema'])}")
    if operation.body == "bytes":
        parts.append("contentType?: string")
    return "{ " + "; ".join(parts) + " }"


def ts_method(operation, name, answer, call, media):
    arguments = [f"{camel(p['name'])}: string" for p in operation.members]
    if operation.body == "bytes":
        arguments.append("body: Uint8Array | string")
    elif operation.body:
        arguments.append(f"body: {ts_type(operation.body)}")
    options = ts_options(operation)
    bare = operation.body == "bytes" and options is None
    if bare:
        options = "{ contentType?: string }"
    if options:
        needed = any(p.get("required") for p in operation.options)
        arguments.append(f"options: {options}" + ("" if needed else " = {}"))
    request = [f'method: "{operation.method}"', f"path: {ts_path(operation)}", f'accept: "{media}"']
    plain = [p for p in operation.query if not p.get("explode")]
    spread = [f"...options.{camel(p['name'])}" for p in operation.query if p.get("explode")]
    if operation.query:
        members = [f'"{p["name"]}": options.{camel(p["name"])}' for p in plain]
        request.append("query: { " + ", ".join(spread + members) + " }")
    if operation.fields:
        members = [f'"{p["name"]}": options.{camel(p["name"])}' for p in operation.fields]
        request.append("fields: { " + ", ".join(members) + " }")
    if operation.body == "bytes":
        request.append("bytes: body, contentType: options.contentType")
    elif operation.body:
        request.append("json: body")
    return [
        f"  /** {operation.summary} */",
        f"  {name}({', '.join(arguments)}): {answer} {{",
        f"    return this.{call}({{ {', '.join(request)} }});",
        "  }",
        "",
    ]


def typescript(document, digest):
    out = [
        "// Generated by clients/generate.py; do not edit.",
        f"// openapi.json sha-256 {digest}",
        "",
        'import { Transport, segment, segments } from "./transport.js";',
        "",
    ]
    for name, schema in document["components"]["schemas"].items():
        out.append(f"/** {schema['description']} */")
        if "properties" in schema:
            out.append(f"export interface {name} {ts_object(schema, 0)}")
        else:
            out.append(f"export type {name} = {ts_type(schema)};")
        out.append("")
    out += ["/** One method for each operation of the API. */", "export class Api extends Transport {"]
    for operation in operations(document):
        if operation.json:
            answer = " | ".join(dict.fromkeys(ts_type(schema) for _, schema in operation.json))
            media = operation.json[0][0]
            out += ts_method(operation, operation.id, f"Promise<{answer}>", "sendJson", media)
        for media in operation.others:
            if media == "text/event-stream":
                out += ts_method(operation, operation.id, "AsyncGenerator<Event>", "events<Event>", media)
                continue
            text = media.startswith("text/")
            name = operation.id + (suffix(media) if operation.json else "")
            answer, call = ("string", "sendText") if text else ("Uint8Array", "sendBytes")
            out += ts_method(operation, name, f"Promise<{answer}>", call, media)
        item = is_page(document, operation)
        if item:
            out += [
                f"  /** All items of {operation.id}, page by page. */",
                f"  {plural_name(operation.id)}(options: Parameters<Api[\"{operation.id}\"]>[0]): AsyncGenerator<{ts_type(item)}> {{",
                f"    return this.pages((cursor) => this.{operation.id}({{ ...options, ...cursor }}));",
                "  }",
                "",
            ]
    while out[-1] == "":
        out.pop()
    return "\n".join(out + ["}", ""])


# Python


def py_type(schema):
    if "$ref" in schema:
        return f'"{reference(schema)}"'
    if "anyOf" in schema:
        return "Union[" + ", ".join(py_type(one) for one in schema["anyOf"]) + "]"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return "Literal[" + ", ".join(repr(v) for v in schema["enum"]) + "]"
    kind = schema.get("type")
    if isinstance(kind, list):
        return "Union[" + ", ".join(py_type({**schema, "type": one}) for one in kind) + "]"
    if kind == "array":
        if "prefixItems" in schema:
            return "List[Any]"
        return f"List[{py_type(schema.get('items', {}))}]"
    if kind == "object":
        inner = schema.get("additionalProperties", True)
        if "properties" in schema or inner in (True, False):
            return "Dict[str, Any]"
        return f"Dict[str, {py_type(inner)}]"
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}.get(kind, "Any")


def py_object(name, schema):
    members, needed = schema["properties"], set(schema.get("required", []))
    odd = any(keyword.iskeyword(m) or not m.isidentifier() for m in members)
    doc = schema["description"]
    if odd:
        body = "".join(f"        {m!r}: {py_type(t)},\n" for m, t in members.items())
        return [f"# {doc}", f"{name} = TypedDict(", f"    {name!r},", "    {", body.rstrip("\n"), "    },", "    total=False,", ")"]
    first = [m for m in members if m in needed]
    rest = [m for m in members if m not in needed]
    out = []
    base = "TypedDict"
    if first and rest:
        out += [f"class _{name}(TypedDict):"] + [f"    {m}: {py_type(members[m])}" for m in first] + ["", ""]
        base, first = f"_{name}", []
    total = ", total=False" if rest else ""
    out += [f"class {name}({base}{total}):", f'    """{doc}"""', ""]
    for m in rest or first:
        out.append(f"    {m}: {py_type(members[m])}")
    return out


def py_name(name):
    name = snake(name)
    return name + "_" if keyword.iskeyword(name) else name


def py_method(operation, name, answer, call, media):
    arguments = ["self"] + [f"{py_name(p['name'])}: str" for p in operation.members]
    if operation.body == "bytes":
        arguments.append("body: bytes")
    elif operation.body:
        arguments.append(f"body: {py_type(operation.body)}")
    named = []
    for p in operation.options:
        kind = py_type(p["schema"])
        named.append(f"{py_name(p['name'])}: {kind}" if p.get("required") else f"{py_name(p['name'])}: Optional[{kind}] = None")
    if operation.body == "bytes":
        named.append("content_type: Optional[str] = None")
    if named:
        arguments += ["*"] + named
    path = operation.path
    for member in operation.members:
        how = "segments" if member.get("x-slashes") else "segment"
        path = path.replace("{%s}" % member["name"], "{%s(%s)}" % (how, py_name(member["name"])))
    request = [f'"{operation.method}"', f'f"{path}"' if operation.members else f'"{path}"', f'accept="{media}"']
    plain = [f'"{p["name"]}": {py_name(p["name"])}' for p in operation.query if not p.get("explode")]
    spread = [f"**({py_name(p['name'])} or {{}})" for p in operation.query if p.get("explode")]
    if operation.query:
        request.append("query={" + ", ".join(spread + plain) + "}")
    if operation.fields:
        request.append("fields={" + ", ".join(f'"{p["name"]}": {py_name(p["name"])}' for p in operation.fields) + "}")
    if operation.body == "bytes":
        request.append("data=body, content_type=content_type")
    elif operation.body:
        request.append("json_body=body")
    return [
        f"    def {py_name(name)}({', '.join(arguments)}) -> {answer}:",
        f'        """{operation.summary}"""',
        f"        return self.{call}({', '.join(request)})",
        "",
    ]


def python(document, digest):
    out = [
        '"""Generated by clients/generate.py; do not edit."""',
        f"# openapi.json sha-256 {digest}",
        "",
        "from __future__ import annotations",
        "",
        "from typing import Any, Dict, Iterator, List, Literal, Optional, TypedDict, Union",
        "",
        "from .transport import Transport, segment, segments",
        "",
        "",
    ]
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema:
            out += py_object(name, schema)
        else:
            out += [f"# {schema['description']}", f"{name} = {py_type(schema)}"]
        out += ["", ""]
    out += ["class Api(Transport):", '    """One method for each operation of the API."""', ""]
    for operation in operations(document):
        if operation.json:
            kinds = list(dict.fromkeys(py_type(schema) for _, schema in operation.json))
            # Of several shapes a caller knows which it asked for.
            answer = kinds[0] if len(kinds) == 1 else "Any"
            out += py_method(operation, operation.id, answer.strip('"'), "send_json", operation.json[0][0])
        for media in operation.others:
            if media == "text/event-stream":
                out += py_method(operation, operation.id, "Iterator[Event]", "events", media)
                continue
            text = media.startswith("text/")
            name = operation.id + (suffix(media) if operation.json else "")
            answer, call = ("str", "send_text") if text else ("bytes", "send_bytes")
            out += py_method(operation, name, answer, call, media)
        item = is_page(document, operation)
        if item:
            name = snake(plural_name(operation.id))
            out += [
                f"    def {name}(self, **options: Any) -> Iterator[{py_type(item).strip(chr(34))}]:",
                f'        """All items of {snake(operation.id)}, page by page; takes its options."""',
                f"        return self.pages(self.{snake(operation.id)}, options)",
                "",
            ]
    while out[-1] == "":
        out.pop()
    return "\n".join(out + [""])


def main():
    source = SOURCE.read_bytes()
    document, digest = json.loads(source), hashlib.sha256(source).hexdigest()
    stale = []
    for path, text in ((TYPESCRIPT, typescript(document, digest)), (PYTHON, python(document, digest))):
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path))
    if stale:
        sys.exit("stale, run `python3 clients/generate.py`: " + ", ".join(stale))


if __name__ == "__main__":
    main()
