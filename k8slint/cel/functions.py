"""The functions and operators that expressions have in the API server, with their types.

Source: the environment that k8s.io/apiserver/pkg/cel/environment makes for Kubernetes 1.37. What a version lacks is not told here. Of new rules a
server takes only what the version before it knows as well, so that `includes`, which 1.37 brought, is not among them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, NamedTuple

from k8slint.cel.types import SIMPLE, Type

# A function a line, then its overloads: the types of the arguments and of the result. A dot stands before those that are called as methods, on
# their first argument. Single capitals are types that the arguments decide.
_TABLE: Final = """
!_ (bool)bool
-_ (double)double (int)int
@in (A,list(A))bool (A,map(A,B))bool
@not_strictly_false (bool)bool
_!=_ (A,A)bool
_%_ (int,int)int (uint,uint)uint
_&&_ (bool,bool)bool
_*_ (double,double)double (int,int)int (uint,uint)uint
_+_ (bytes,bytes)bytes (double,double)double (duration,duration)duration (duration,timestamp)timestamp (timestamp,duration)timestamp (int,int)int (list(A),list(A))list(A) (string,string)string (uint,uint)uint
_-_ (double,double)double (duration,duration)duration (int,int)int (timestamp,duration)timestamp (timestamp,timestamp)duration (uint,uint)uint
_/_ (double,double)double (int,int)int (uint,uint)uint
_==_ (A,A)bool
_?_:_ (bool,A,A)A
_?._ (dyn,string)optional(V)
_[?_] (list(V),int)optional(V) (optional(list(V)),int)optional(V) (map(K,V),K)optional(V) (optional(map(K,V)),K)optional(V)
_[_] (list(A),int)A (map(A,B),A)B (optional(list(V)),int)optional(V) (optional(map(K,V)),K)optional(V)
_||_ (bool,bool)bool
add .(Quantity,Quantity)Quantity .(Quantity,int)Quantity
allowed .(Decision)bool
asApproximateFloat .(Quantity)double
asInteger .(Quantity)int
bool (bool)bool (string)bool
bytes (bytes)bytes (string)bytes
cel.@mapInsert (map(K,V),K,V)map(K,V) (map(K,V),map(K,V))map(K,V)
charAt .(string,int)string
check .(PathCheck,string)Decision .(ResourceCheck,string)Decision
cidr (string)CIDR
compareTo .(Quantity,Quantity)int .(Semver,Semver)int
contains .(string,string)bool
containsCIDR .(CIDR,string)bool .(CIDR,CIDR)bool
containsIP .(CIDR,string)bool .(CIDR,IP)bool
distinct .(list(T))list(T)
double (double)double (int)double (string)double (uint)double
duration (duration)duration (string)duration
dyn (A)dyn
endsWith .(string,string)bool
error .(Decision)string
errored .(Decision)bool
family .(IP)int
fieldSelector .(ResourceCheck,string)ResourceCheck
find .(string,string)string
findAll .(string,string)list(string) .(string,string,int)list(string)
first .(list(V))optional(V)
flatten .(list(list(T)))list(T) .(list(dyn),int)list(dyn)
format .(string,list(dyn))string
format.named (string)optional(NamedFormat)
getDate .(timestamp)int .(timestamp,string)int
getDayOfMonth .(timestamp)int .(timestamp,string)int
getDayOfWeek .(timestamp)int .(timestamp,string)int
getDayOfYear .(timestamp)int .(timestamp,string)int
getEscapedPath .(URL)string
getFullYear .(timestamp)int .(timestamp,string)int
getHost .(URL)string
getHostname .(URL)string
getHours .(timestamp)int .(timestamp,string)int .(duration)int
getMilliseconds .(timestamp)int .(timestamp,string)int .(duration)int
getMinutes .(timestamp)int .(timestamp,string)int .(duration)int
getMonth .(timestamp)int .(timestamp,string)int
getPort .(URL)string
getQuery .(URL)map(string,list(string))
getScheme .(URL)string
getSeconds .(timestamp)int .(timestamp,string)int .(duration)int
group .(Authorizer,string)GroupCheck
hasValue .(optional(V))bool
indexOf .(string,string)int .(string,string,int)int .(list(A),A)int
int (int)int (double)int (duration)int (string)int (timestamp)int (uint)int
ip (string)IP .(CIDR)IP
ip.isCanonical (string)bool
isCIDR (string)bool
isGlobalUnicast .(IP)bool
isGreaterThan .(Quantity,Quantity)bool .(Semver,Semver)bool
isIP (string)bool
isInteger .(Quantity)bool
isLessThan .(Quantity,Quantity)bool .(Semver,Semver)bool
isLinkLocalMulticast .(IP)bool
isLinkLocalUnicast .(IP)bool
isLoopback .(IP)bool
isQuantity (string)bool
isSemver (string)bool (string,bool)bool
isURL (string)bool
isUnspecified .(IP)bool
join .(list(string))string .(list(string),string)string
labelSelector .(ResourceCheck,string)ResourceCheck
last .(list(V))optional(V)
lastIndexOf .(string,string)int .(string,string,int)int .(list(A),A)int
lists.range (int)list(int)
lowerAscii .(string)string
major .(Semver)int
masked .(CIDR)CIDR
matches (string,string)bool .(string,string)bool
minor .(Semver)int
name .(ResourceCheck,string)ResourceCheck
namespace .(ResourceCheck,string)ResourceCheck
optional.none ()optional(V)
optional.of (V)optional(V)
optional.ofNonZeroValue (V)optional(V)
optional.unwrap (list(optional(V)))list(V)
or .(optional(V),optional(V))optional(V)
orValue .(optional(V),V)V
patch .(Semver)int
path .(Authorizer,string)PathCheck
prefixLength .(CIDR)int
quantity (string)Quantity
reason .(Decision)string
replace .(string,string,string)string .(string,string,string,int)string
resource .(GroupCheck,string)ResourceCheck
reverse .(list(T))list(T)
semver (string)Semver (string,bool)Semver
serviceAccount .(Authorizer,string,string)Authorizer
sets.contains (list(T),list(T))bool
sets.equivalent (list(T),list(T))bool
sets.intersects (list(T),list(T))bool
sign (Quantity)int
size (bytes)int .(bytes)int (list(A))int .(list(A))int (map(A,B))int .(map(A,B))int (string)int .(string)int
slice .(list(T),int,int)list(T)
split .(string,string)list(string) .(string,string,int)list(string)
startsWith .(string,string)bool
string (string)string (bool)string (bytes)string (double)string (duration)string (int)string (timestamp)string (uint)string (IP)string (CIDR)string
strings.quote (string)string
sub .(Quantity,Quantity)Quantity .(Quantity,int)Quantity
subresource .(ResourceCheck,string)ResourceCheck
substring .(string,int)string .(string,int,int)string
timestamp (timestamp)timestamp (int)timestamp (string)timestamp
trim .(string)string
type (A)type(A)
uint (uint)uint (double)uint (int)uint (string)uint
unwrapOpt .(list(optional(V)))list(V)
upperAscii .(string)string
url (string)URL
validate .(NamedFormat,string)optional(list(string))
value .(optional(V))V
"""
_ORDERED: Final = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_NUMBERS: Final = ("int", "uint", "double")
_FORMATS: Final = (
    "byte",
    "date",
    "datetime",
    "dns1035Label",
    "dns1035LabelPrefix",
    "dns1123Label",
    "dns1123LabelPrefix",
    "dns1123Subdomain",
    "dns1123SubdomainPrefix",
    "labelValue",
    "qualifiedName",
    "uri",
    "uuid",
)


class Overload(NamedTuple):
    """One way to call a function: as a method or not, the types of its arguments (a method's object first) and of what it gives."""

    method: bool
    args: tuple[Type, ...]
    result: Type
    params: tuple[str, ...]
    """The names of the types that the arguments decide."""


@lru_cache(maxsize=1)
def _lines() -> dict[str, str]:
    found = dict(line.split(" ", 1) for line in _TABLE.strip().splitlines())
    compared = [f"({kind},{kind})bool" for kind in _ORDERED]
    compared += [f"({left},{right})bool" for left in _NUMBERS for right in _NUMBERS if left != right]
    found.update(dict.fromkeys(("_<_", "_<=_", "_>_", "_>=_"), " ".join(compared)))
    for name in ("max", "min"):
        found[name] = " ".join(f".(list({kind})){kind}" for kind in _ORDERED)
    found["isSorted"] = " ".join(f".(list({kind}))bool" for kind in _ORDERED)
    found["sort"] = " ".join(f".(list({kind}))list({kind})" for kind in _ORDERED)
    found["sum"] = " ".join(f".(list({kind})){kind}" for kind in (*_NUMBERS, "duration"))
    found["@sortByAssociatedKeys"] = " ".join(f".(list(T),list({kind}))list(T)" for kind in _ORDERED)
    found.update({f"format.{name}": "()NamedFormat" for name in _FORMATS})
    return found


@cache
def overloads(name: str) -> tuple[Overload, ...]:
    """The ways to call a function; none for one that there is not."""
    line = _lines().get(name)
    return tuple(_overload(text) for text in line.split()) if line else ()


def _overload(text: str) -> Overload:
    method = text.startswith(".")
    reader = _Reader(text.removeprefix("."))
    args = reader.arguments()
    result = reader.type()
    return Overload(method, args, result, tuple(sorted(reader.params)))


class _Reader:
    """Reads types as they are written in the table."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.params: set[str] = set()

    def arguments(self) -> tuple[Type, ...]:
        self.at += 1
        found = []
        while self.text[self.at] != ")":
            found.append(self.type())
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
        return tuple(found)

    def type(self) -> Type:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in "(),":
            self.at += 1
        name = self.text[start : self.at]
        params = self.arguments() if self.at < len(self.text) and self.text[self.at] == "(" else ()
        if name in SIMPLE:
            return SIMPLE[name]
        if len(name) == 1:
            self.params.add(name)
            return Type("param", name=name)
        if name in ("list", "map", "optional", "type"):
            return Type(name, params)
        return Type("opaque", name=name)
