"""As much of XML Schema as JUnit's needs: which elements and attributes may stand where, and which have to."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

_XS = "{http://www.w3.org/2001/XMLSchema}"


class Schema:
    """Global elements by name: their children, their attributes, and those attributes that are required."""

    def __init__(self, path: Path) -> None:
        root = ElementTree.parse(path).getroot()
        self.elements = {element.attrib["name"]: element for element in root.findall(f"{_XS}element")}

    def complaints(self, element: ElementTree.Element) -> list[str]:
        """What is wrong with an element and all in it."""
        declared = self.elements.get(element.tag)
        if declared is None:
            return [f"no element is named {element.tag}"]
        children = {child.attrib["ref"] for child in declared.iter(f"{_XS}element") if "ref" in child.attrib}
        attributes = {one.attrib["name"]: one.attrib.get("use") for one in declared.iter(f"{_XS}attribute")}
        required = {name for name, use in attributes.items() if use == "required"}
        found = [f"{element.tag} may not have {name}" for name in element.attrib.keys() - attributes.keys()]
        found += [f"{element.tag} has no {name}" for name in required - element.attrib.keys()]
        found += [f"{child.tag} may not be in {element.tag}" for child in element if child.tag not in children]
        complex_type = declared.find(f"{_XS}complexType")
        has_text = declared.get("type") == "xs:string" or (complex_type is not None and complex_type.get("mixed"))
        if not has_text and (element.text or "").strip():
            found.append(f"{element.tag} may not have text")
        return found + [complaint for child in element for complaint in self.complaints(child)]
