"""Objects and what leads from one to another, as a picture.

collect.py     files -> Project -> Graph
edges.py       what leads from an object to others, as the engine's look-ups know it: by names (names.py), by labels (labels.py), by what controllers
               make (made.py)
link.py        what these hand on to one another
model.py       the Graph: plain data, and parts of it
mermaid.py, dot.py, json.py, html.py    Graph -> str
"""

from __future__ import annotations
