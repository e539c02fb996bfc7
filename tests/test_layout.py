"""The layout explains itself: small folders, files and functions, no import circles, a test where one looks for it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("search", "spaces", "trainers")
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for package in (*PACKAGES, "experiments")
    for path in sorted((ROOT / package).rglob("*.py"))
}
MODULES = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in SOURCES}
OURS = [name for name in SOURCES if name.startswith(PACKAGES)]
BESIDE = tuple(f"{package}/README.md" for package in (*PACKAGES, "experiments"))
DOCUMENTS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "TUTORIAL.md", "CHANGELOG.md", *BESIDE)
}
FILES, LINES, FUNCTION_LINES = 20, 300, 50
Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom

# Sources that are tested under another name for good: where, and why there.
TESTED_ELSEWHERE = {
    "search/comparison/comparable.py": ("tests/search/test_compare.py", "real searches that can be compared, or not"),
    "search/comparison/pooled.py": ("tests/search/test_compare.py", "trials of real searches"),
    "search/comparison/writing.py": ("tests/search/test_compare.py", "of real searches"),
    "search/config/__init__.py": ("tests/test_configs.py", "a name of earlier versions"),
    "search/confirming/confirming.py": ("tests/search/test_confirm.py", "real searches, confirmed"),
    "search/deploy/showing.py": ("tests/search/test_export.py", "on a real search"),
    "search/picking/choice.py": ("tests/search/test_pick.py", "picked from what real searches deliver"),
    "search/picking/picking.py": ("tests/search/test_pick.py", "picked from what real searches deliver"),
    "search/report/confirm_search.py": ("tests/search/test_confirm.py", "real searches, confirmed"),
    "search/report/page/examples.py": ("tests/search/test_track.py", "drawn of what a real search has trained"),
    "search/report/reopened.py": ("tests/search/test_confirm.py", "real searches, opened again"),
    "search/run.py": ("tests/end_to_end/test_resume.py", "whole searches, stopped and taken up"),
    "search/runners/node_check.py": ("tests/end_to_end/test_ray.py", "shows on a real Ray alone"),
    "search/runners/tune_searcher.py": ("tests/end_to_end/test_ray.py", "shows on a real Ray alone"),
    "search/runners/tune_trainable.py": ("tests/end_to_end/test_ray.py", "shows on a real Ray alone"),
    "search/samplers/gp.py": ("tests/contracts/test_samplers.py", "Optuna's own, held to what all samplers keep"),
    "search/samplers/model_based.py": ("tests/contracts/test_samplers.py", "by the samplers made of it"),
    "search/samplers/nsga2.py": ("tests/contracts/test_samplers.py", "Optuna's own, held to what all samplers keep"),
    "search/samplers/random.py": ("tests/contracts/test_samplers.py", "held to what all samplers keep"),
    "search/samplers/tpe.py": ("tests/contracts/test_samplers.py", "Optuna's own, held to what all samplers keep"),
    "search/sweeping/joining.py": ("tests/search/test_sweep.py", "of real searches"),
    "trainers/data/dataset.py": ("tests/contracts/test_datasets.py", "all data sets side by side"),
}
# Sources whose test of their name is still to be written; one that has it must leave this list.
UNTESTED = {
    "search/report/build_search.py",
    "trainers/batches/reading_process.py",
    "trainers/data/celeba_images.py",
    "trainers/data/fashion_files.py",
    "trainers/data/rooms/furniture.py",
    "trainers/data/rooms/textures.py",
    "trainers/data/specs/parsing.py",
    "trainers/tasks/__init__.py",
    "trainers/tasks/task.py",
}


def find_imports(tree: ast.AST) -> Iterator[str]:
    """Modules of this project that a source imports anywhere, in functions and for type checkers too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                yield from (name for name in (whole if whole in MODULES else node.module,) if name in MODULES)


@cache
def read_trees() -> dict[str, ast.Module]:
    """Of all sources: three seconds, which every process that collects tests would take at the import."""
    return {name: ast.parse(text) for name, text in SOURCES.items()}


@cache
def read_graph() -> dict[str, set[str]]:
    """What each module imports: three seconds more."""
    return {module: set(find_imports(read_trees()[name])) for module, name in MODULES.items()}


def find_functions(tree: ast.AST) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def find_reasons(text: str) -> set[int]:
    """Lines with a comment that tells more than a linter reads; of one that stands alone, the line below it too."""
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            parts = [part.strip() for part in token.string.split("#")]
            if any(part and not part.startswith(("type:", "noqa", "pragma")) for part in parts):
                alone = not token.line[: token.start[1]].strip()
                lines |= {token.start[0], token.start[0] + alone}
    return lines


def find_imports_without_reason(text: str) -> list[int]:
    """Lines with an import inside a function, the first of its run, that does not say why it is not at the top."""
    reasons, found = find_reasons(text), set()
    for function in find_functions(ast.parse(text)):
        for block in ast.walk(function):
            for statements in (getattr(block, field, None) for field in ("body", "orelse", "finalbody")):
                before: ast.stmt | None = None
                for statement in statements if isinstance(statements, list) else ():
                    first = isinstance(statement, Import) and not isinstance(before, Import)
                    before = statement
                    if first and not reasons & {*range(statement.lineno, (statement.end_lineno or 0) + 1)}:
                        found.add(statement.lineno)
    return sorted(found)


def has_logic(tree: ast.AST) -> bool:
    """Whether a function does more than say what it would do, as those of Protocols do."""
    for function in find_functions(tree):
        for node in function.body:
            says = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            refuses = isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node)
            if not (says or refuses or isinstance(node, ast.Pass)):
                return True
    return False


def find_test(name: str) -> Path:
    path = ROOT / "tests" / name
    return path.with_name(f"test_{path.name}")


def test_there_are_sources() -> None:
    assert len(SOURCES) > 200
    assert sum(len(imported) for imported in read_graph().values()) > 500


def test_no_imports_go_round_in_circles() -> None:
    try:
        TopologicalSorter(read_graph()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_nothing_imports_the_experiments() -> None:
    found = {module for module in MODULES if any(name.split(".")[0] == "experiments" for name in read_graph()[module])}

    assert {module.split(".")[0] for module in found} == {"experiments"}


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_are_small(package: str) -> None:
    files = [path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in files)

    assert {folder: count for folder, count in counts.items() if count > FILES} == {}


def test_files_are_short() -> None:
    lengths = {name: len(SOURCES[name].splitlines()) for name in OURS}

    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}


def test_functions_are_short() -> None:
    found = {
        f"{name}:{function.lineno} {function.name}": lines
        for name, tree in read_trees().items()
        for function in find_functions(tree)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    }

    assert found == {}


def test_imports_inside_functions_say_why() -> None:
    found = [f"{name}:{line}" for name, text in SOURCES.items() for line in find_imports_without_reason(text)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["import torch"], [2]),
        (["import torch  # torch: 1.5 s"], []),
        (["# torch: 1.5 s", "import torch", "import optuna"], []),
        (["x = 1  # one", "import torch"], [3]),
        (["import torch  # type: ignore"], [2]),
        (["import torch  # 1.5 s", "x = 1", "import optuna"], [4]),
        (["if x:", "    import torch", "else:", "    import optuna"], [3, 5]),
    ],
)
def test_an_import_without_a_reason_is_seen(lines: list[str], found: list[int]) -> None:
    assert find_imports_without_reason("\n".join(["def f():", *(f"    {line}" for line in lines)])) == found


def test_every_source_with_logic_has_a_test_of_its_name() -> None:
    wanted = {name for name in OURS if has_logic(read_trees()[name])}
    missing = {name for name in wanted if not find_test(name).is_file()}

    assert sorted(missing - UNTESTED - set(TESTED_ELSEWHERE)) == [], "write these tests"
    assert sorted((UNTESTED | set(TESTED_ELSEWHERE)) - missing) == [], "these have their test or are gone: unlist them"
    assert [place for place, _ in TESTED_ELSEWHERE.values() if not (ROOT / place).is_file()] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_what_is_there(document: str) -> None:
    named = re.findall(r"\b(?:search|spaces|trainers|experiments|tests)/[\w./-]*\w", DOCUMENTS[document])
    named = [path for path in named if "<" not in path]

    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", DOCUMENTS[document]):
        path, _, anchor = link.partition("#")
        target = folder / path if path else ROOT / document
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, link


def test_the_map_has_every_folder() -> None:
    folders = {Path(name).parent.as_posix() for name in SOURCES if not name.startswith("experiments/papers/")}

    mapped = re.findall(r"^\| `([\w/]+)` \|", DOCUMENTS["CONTRIBUTING.md"], re.MULTILINE)
    assert sorted(folders - set(mapped) - {"experiments"}) == []
