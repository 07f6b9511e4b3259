"""go-yaml's scanner and parser in Python: the events kubectl's YAML library makes of a text, and why it refuses one.

libyaml does the same work ten times faster, and on nearly every text the same. This says what is right where libyaml
refuses (go-yaml may not), and where `dialect.differs` knows that the two part; it also stands in where the C extension
is missing. It is imported only then.

The events have the attributes of ruamel.yaml's. Offsets and columns count characters from 0, lines count from 0.

A port of scannerc.go and parserc.go of go.yaml.in/yaml/v2 v2.4.4, with its peculiarities. Those are a port of libyaml:

    Copyright (c) 2006 Kirill Simonov

    Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
    documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
    rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
    permit persons to whom the Software is furnished to do so, subject to the following conditions:

    The above copyright notice and this permission notice shall be included in all copies or substantial portions of
    the Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
    THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
    AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
    TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
    SOFTWARE.
"""

from __future__ import annotations

from k8slint.goyaml.events import EVENTS, Event, GoYamlError, Mark
from k8slint.goyaml.parser import Parser

__all__ = ["EVENTS", "Event", "GoYamlError", "Mark", "Parser"]
