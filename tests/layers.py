"""Reads the imports of the five rooms and names whatever breaks the plan of the house.

Used by `test_layers.py`, on our own tree and on small trees with a planted fault. Files are parsed and never imported,
so that an import inside a function, under TYPE_CHECKING or by `importlib` counts like any other. A name computed at run
time cannot be followed: it is a fault.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ALLOWED: Mapping[str, frozenset[str]] = {
    "gateway": frozenset({"store", "templates", "rules", "parsing"}),
    "store": frozenset({"rules", "parsing"}),
    "templates": frozenset({"rules", "parsing"}),
    "rules": frozenset({"parsing"}),
    "parsing": frozenset(),
}
OURS = frozenset(ALLOWED) | {"tests", "deploy"}
PURE = frozenset({"parsing", "rules", "templates"})
VAGUE = frozenset({"utils", "util", "common", "helpers", "helper", "models", "types", "misc"})

# what a pure room cannot import: clock, chance, network, disk, database, processes, threads, and what logs or serves
IMPURE = frozenset(
    "time random secrets uuid os io.open pathlib shutil tempfile glob fileinput mmap fcntl resource ctypes pickle "
    "shelve dbm socket ssl select selectors asyncio threading multiprocessing concurrent _thread queue subprocess "
    "signal pty sched socketserver http urllib.request smtplib imaplib poplib ftplib logging getpass platform "
    "importlib runpy pkgutil builtins email.utils.make_msgid email.utils.localtime dns requests urllib3 certifi "
    "httpx aiohttp anyio sqlite3 sqlalchemy alembic psycopg aiosmtpd aiosmtplib aioimaplib apscheduler structlog "
    "starlette uvicorn prometheus_client typer rich click".split()
)
HARMLESS = frozenset({"pathlib.PurePath", "pathlib.PurePosixPath"})
IMPURE_CALLS = frozenset(
    "open input print exec eval breakpoint datetime.now datetime.utcnow datetime.today date.today "
    "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today".split()
)
# what one room alone may know
KEPT_TO: Mapping[str, str] = {
    "sqlalchemy": "store",
    "sqlite3": "store",
    "psycopg": "store",
    "alembic": "store",
    "jinja2": "templates",
}


@dataclass(frozen=True)
class Import:
    """One name that a file imports: `from a import b` is `a.b`, whether b is a module or a thing in it."""

    path: str
    line: int
    name: str


def sources(root: Path) -> list[Path]:
    """Every Python file of the rooms, in a fixed order."""
    return sorted(path for room in ALLOWED for path in (root / room).rglob("*.py"))


def module_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path) -> list[Import]:
    """Every import of every file of the rooms, computed names as `?`."""
    return [
        Import(path.relative_to(root).as_posix(), line, name)
        for path in sources(root)
        for line, name in _imports_of(ast.parse(path.read_bytes()), package=".".join(path.relative_to(root).parts[:-1]))
    ]


def _imports_of(tree: ast.Module, *, package: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = absolute("." * level + (module or ""), package)
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in names)
            case ast.Call(func=func, args=args) if _dotted(func).rpartition(".")[2] in ("import_module", "__import__"):
                known = args and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str)
                yield node.lineno, absolute(args[0].value, package) if known else "?"  # type: ignore[attr-defined]


def absolute(name: str, package: str) -> str:
    """`..b` said in package `a.c` is `a.b`."""
    level = len(name) - len(name.lstrip("."))
    if level == 0:
        return name
    base = package.split(".")[: len(package.split(".")) - level + 1]
    return ".".join([*base, name[level:]] if name[level:] else base)


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr}"
    return "?"


def _within(name: str, names: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:n]) in names for n in range(1, len(parts) + 1))


def wrong_way(root: Path) -> list[Import]:
    """Imports of our own rooms against the direction, or of a name that nobody can read off the page."""
    return [i for i in imports(root) if i.name == "?" or _against(i)]


def _against(found: Import) -> bool:
    room, other = found.path.split("/")[0], found.name.split(".")[0]
    return other in OURS and other != room and other not in ALLOWED[room]


def impure(root: Path) -> list[Import]:
    """What a pure room imports or calls and must not; and what is kept to one room and was imported by another."""
    found = [i for i in imports(root) if _impure(i)]
    for path in sources(root):
        where = path.relative_to(root).as_posix()
        if where.split("/")[0] in PURE:
            calls = (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call))
            found += [Import(where, c.lineno, f"{_dotted(c.func)}()") for c in calls if _dotted(c.func) in IMPURE_CALLS]
    return found


def _impure(found: Import) -> bool:
    room = found.path.split("/")[0]
    keeper = KEPT_TO.get(found.name.split(".")[0])
    if keeper is not None:
        return room != keeper
    return room in PURE and found.name not in HARMLESS and _within(found.name, IMPURE)


def vague(root: Path) -> list[str]:
    """Files and folders whose name says nothing."""
    return sorted(
        {
            p.relative_to(root).as_posix()
            for p in sources(root)
            if VAGUE & set(p.relative_to(root).with_suffix("").parts)
        }
    )


def circles(root: Path) -> list[list[str]]:
    """Circles among the files."""
    return _circles(_graph(root))


def folder_circles(root: Path) -> list[list[str]]:
    """Circles among the folders, each folder one point."""
    modules = {module_of(p, root): ".".join(p.relative_to(root).parts[:-1]) for p in sources(root)}
    folded: dict[str, set[str]] = {folder: set() for folder in modules.values()}
    for source, targets in _graph(root).items():
        folded[modules[source]] |= {modules[t] for t in targets} - {modules[source]}
    return _circles(folded)


def _graph(root: Path) -> dict[str, set[str]]:
    modules = {module_of(path, root) for path in sources(root)}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for found in imports(root):
        source = module_of(root / found.path, root)
        target = next((name for name in (found.name, found.name.rpartition(".")[0]) if name in modules), None)
        if target is not None and target != source:
            graph[source].add(target)
    return graph


def _circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of points that reach one another, by following every road from every point; our graphs are small."""
    reach = {point: _reachable(graph, point) for point in graph}
    groups = {tuple(sorted(q for q in reach[p] if p in reach[q])) for p in graph if p in reach[p]}
    return [list(group) for group in sorted(groups)]


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(graph[start])
    while todo:
        point = todo.pop()
        if point not in seen:
            seen.add(point)
            todo += graph[point]
    return seen
