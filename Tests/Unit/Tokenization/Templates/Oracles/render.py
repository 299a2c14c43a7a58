"""Renders templates with Python's Jinja, in the environment that Hugging Face's transformers set up.

usage: python3 render.py TEMPLATES CHATS...    TEMPLATES = a folder of *.jinja, or a file with a template in each line; CHATS = lists of a template's variables
The committed goldens are made of it, from the folder above:
  python3 Oracles/render.py Families chats.json chats-python.json > families.json
  python3 Oracles/render.py expressions.txt expressions-values.json > expressions.json
Prints {template: [a row for each chat]}; a row is {"text": ...}, {"refusal": ...} or {"error": ...}. Needs Jinja2 3.1.
"""
import datetime
import json
import pathlib
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Refusal(Exception):
    pass


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_text"), [], [], body).set_lineno(line)

    def _text(self, caller):
        return caller()


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def raise_exception(message):
    raise Refusal(message)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = lambda format: datetime.datetime(2026, 3, 9, 15, 4, 5).strftime(format)


def render(source, chat):
    try:
        return {"text": environment.from_string(source).render(**chat)}
    except Refusal as refusal:
        return {"refusal": str(refusal)}
    except Exception as error:
        return {"error": type(error).__name__}


templates = pathlib.Path(sys.argv[1])
chats = [chat for path in sys.argv[2:] for chat in json.loads(pathlib.Path(path).read_text())]
if templates.is_dir():
    sources = {path.stem: path.read_text() for path in sorted(templates.glob("*.jinja"))}
else:
    sources = {line: line for line in templates.read_text().split("\n") if line}

rows = [json.dumps(name) + ": " + json.dumps([render(source, chat) for chat in chats]) for name, source in sources.items()]
print("{\n" + ",\n".join(rows) + "\n}")
