"""The cache: whatever is in it, and whoever else uses it, a run finds what it would find without one."""

import errno
import json
import marshal
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from k8slint import baseline, cache, run
from k8slint.config import Config
from k8slint.plugins import Plugins

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: web:latest
        imagePullPolicy: always
        envFrom:
        - configMapRef: {name: settings}
        ports:
        - name: web
          containerPort: 8080
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
    targetPort: http  # k8slint: ignore[no-such-rule]
"""
CRONTAB = """\
apiVersion: acme.example/v1
kind: CronTab
metadata:
  name: nightly
spec:
  minutes: ten
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: crontabs.acme.example
spec:
  group: acme.example
  scope: Namespaced
  names: {kind: CronTab, plural: crontabs, singular: crontab, listKind: CronTabList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              minutes: {type: TYPE}
"""
OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../base]
patches:
- path: patch.txt
"""
CONFIGMAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata: {}\n"
FILES = {
    ".k8slint.yaml": "extends: strict\ncomplete: true\ncrds: [crds]\n",
    # Looked for by name, and not found by a search.
    ".k8slintignore": "Chart.yaml\nshared/kustomization.yaml\n",
    "base/kustomization.yaml": "resources: [deployment.yaml, service.yaml, pod.yaml]\n",
    "base/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: bare\nspec:\n  restartPolicy: Never\n",
    "base/deployment.yaml": DEPLOYMENT,
    "base/service.yaml": SERVICE,
    "overlay/kustomization.yaml": OVERLAY,
    "overlay/patch.txt": "kind: Pod\nmetadata: {name: bare}\nspec: {containers: [{name: a, image: a:1}]}\n",
    "custom/crontab.yaml": CRONTAB,
    "crds/crontabs.yaml": CRD.replace("TYPE", "string"),
    "chart/templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: '{{ .Release.Name }}'\n",
    "loose/values.yaml": "image: web\nreplicas: 1\ntag: x\n",
    "shared/settings.yaml": CONFIGMAP.replace("settings", "others"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with all sorts of things that runs look at. The cache is beside it, and pays for any size."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    write(folder, FILES)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(run, "CACHE_FROM", (0, 0))
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def check(*paths: str, **options: object) -> run.Run:
    return run.check(paths or ["."], run.CheckOptions(jobs=1, **options))  # type: ignore[arg-type]


def cached(*paths: str, **options: object) -> run.Run:
    return check(*paths, cache="../cache", **options)


def outcome(done: run.Run) -> tuple[object, ...]:
    return (
        done.findings,
        done.skipped,
        done.files,
        done.documents,
        done.suppressed,
        done.baselined,
        done.warnings,
        done.errors,
    )


def is_whole(done: run.Run) -> bool:
    return done.cached.startswith("everything")


def entries() -> list[Path]:
    return sorted(Path("../cache").glob("*/*.bin"))


# ---- what changes


def edited(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        text = (project / path).read_text()
        assert old in text
        (project / path).write_text(text.replace(old, new))

    return change


def added(path: str, text: str) -> Callable[[Path], None]:
    return lambda project: write(project, {path: text})


def renamed(path: str, to: str) -> Callable[[Path], object]:
    return lambda project: (project / path).rename(project / to)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": edited("base/deployment.yaml", "always", "Always"),
    "a file, of the same length": edited("base/service.yaml", "http ", "web  "),
    "a file to something broken": edited("base/service.yaml", "spec:", "spec: ]"),
    "a new file": added("base/config.yaml", CONFIGMAP),
    "a file less": lambda project: (project / "base/deployment.yaml").unlink(),
    "a file's name": renamed("base/service.yaml", "base/service.yml"),
    "a file that is ignored": added("base/.gitignore", "service.yaml\n"),
    "a file's role, by a chart that appears": added("chart/Chart.yaml", "name: x\nversion: 1.0.0\n"),
    "what is patched": edited("overlay/patch.txt", "containers", "initContainers"),
    "what takes a file in": edited("base/kustomization.yaml", ", pod.yaml", ""),
    "a file's role, by a kustomization": added("shared/kustomization.yaml", "configurations: [settings.yaml]\n"),
    "a CRD that the config names": edited("crds/crontabs.yaml", "type: string", "type: integer"),
    "a suppression": edited("base/service.yaml", "no-such-rule", "undefined-target-port"),
    "the preset": edited(".k8slint.yaml", "strict", "essential"),
    "an override": added(".k8slint.yaml", FILES[".k8slint.yaml"] + "rules: {invalid-value: off}\n"),
    "what is left out": added(".k8slint.yaml", FILES[".k8slint.yaml"] + "exclude: [base]\n"),
    "the Kubernetes version": added(".k8slint.yaml", FILES[".k8slint.yaml"] + 'kubernetesVersion: "1.29"\n'),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_change_is_seen(name: str, jobs: int, project: Path) -> None:
    def look(**more: object) -> run.Run:
        return run.check(["."], run.CheckOptions(jobs=jobs, **more))  # type: ignore[arg-type]

    cold = look(cache="../cache")
    warm = look(cache="../cache")
    assert is_whole(warm)
    assert outcome(cold) == outcome(warm) == outcome(look())
    CHANGES[name](project)
    changed, again = look(cache="../cache"), look(cache="../cache")
    assert not is_whole(changed)
    assert outcome(changed) == outcome(again) == outcome(look())
    assert is_whole(again) or changed.errors
    if name != "the Kubernetes version":
        assert outcome(changed) != outcome(cold), "the change makes a difference, or this shows nothing"


def test_going_back_is_seen(project: Path) -> None:
    cold = cached()
    CHANGES["a file"](project)
    cached()
    (project / "base/deployment.yaml").write_text(DEPLOYMENT)
    assert outcome(cached()) == outcome(cold)


def test_only_what_has_changed_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached()
    CHANGES["a file"](project)
    read: list[str] = []
    check_loaded = run.check_loaded

    def noted(engine: object, name: str, *rest: object) -> object:
        read.append(name)
        return check_loaded(engine, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "check_loaded", noted)
    found = cached()
    assert "base/deployment.yaml" in read
    assert not {"base/service.yaml", "custom/crontab.yaml", "crds/crontabs.yaml"} & set(read)
    assert found.cached.startswith(f"{found.files - len(read)} of {found.files}")


@pytest.mark.parametrize(
    "changed",
    [
        {"preset": "essential"},
        {"select": ["missing-resources"]},
        {"ignore": ["invalid-value"]},
        {"kubernetes_version": "1.28"},
        {"context": ["../beside"]},
        {"config": False},
        {"config": {"extends": "strict", "rules": {"missing-resources": "error"}}},
    ],
    ids=str,
)
def test_options_make_another_run(changed: dict[str, object], project: Path) -> None:
    write(project.parent, {"beside/settings.yaml": CONFIGMAP})
    cached()
    found = cached(**changed)
    assert not is_whole(found)
    assert outcome(found) == outcome(cached(**changed)) == outcome(check(**changed))


def test_options_of_a_rule_count(project: Path) -> None:
    edited("base/service.yaml", "  ports:\n", "  type: NodePort\n  ports:\n")(project)
    edited("base/service.yaml", "port: 80\n", "port: 80\n    nodePort: 30080\n")(project)
    for ports, out_of_range in (("30000-32767", 0), ("20000-21000", 1), ("30000-30100", 0)):
        config = {"rules": {"node-port-out-of-range": {"options": {"range": ports}}}}
        found = cached(config=config)
        assert not is_whole(found)
        assert sum(finding.rule == "node-port-out-of-range" for finding in found.findings) == out_of_range
        assert outcome(found) == outcome(cached(config=config)) == outcome(check(config=config))


def test_a_part_of_the_project_depends_on_what_is_around(project: Path) -> None:
    without_crds(project)
    cold = cached("custom", "base")
    assert is_whole(cached("custom", "base"))
    write(project, {"far/away/crd.yaml": CRD.replace("TYPE", "integer")})
    changed = cached("custom", "base")
    assert not is_whole(changed)
    assert outcome(changed) == outcome(check("custom", "base"))
    assert outcome(changed) != outcome(cold)
    (project / "far/away/crd.yaml").unlink()
    assert outcome(cached("custom", "base")) == outcome(check("custom", "base")) == outcome(cold)
    # Beside, and not around: a run over one of the two is another.
    assert outcome(cached("custom")) == outcome(check("custom"))


def without_crds(project: Path) -> None:
    shutil.rmtree(project / "crds")
    write(project, {".k8slint.yaml": "extends: strict\n"})


def test_context_counts(project: Path) -> None:
    without_crds(project)
    write(project.parent, {"beside/crd.yaml": CRD.replace("TYPE", "string")})
    cold = cached(context=["../beside"])
    assert is_whole(cached(context=["../beside"]))
    write(project.parent, {"beside/crd.yaml": CRD.replace("TYPE", "integer")})
    changed = cached(context=["../beside"])
    assert outcome(changed) == outcome(check(context=["../beside"]))
    assert outcome(changed) != outcome(cold)


def test_code_in_go_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fixture = Path(__file__).parents[1] / "fixtures" / "crd-go-type" / "markers"
    shutil.copytree(fixture, tmp_path / "project")
    (tmp_path / "project" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setattr(run, "CACHE_FROM", (0, 0))
    cold = cached(preset="strict")
    assert is_whole(cached(preset="strict"))
    source = Path("types.go")
    text = source.read_text()
    source.write_text("package v1\n")
    changed = cached(preset="strict")
    assert outcome(changed) == outcome(check(preset="strict"))
    assert outcome(changed) != outcome(cold)
    Path("more.go").write_text(text)
    again = cached(preset="strict")
    assert outcome(again) == outcome(check(preset="strict"))
    assert outcome(again) != outcome(changed)


def test_another_version_of_k8slint_looks_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached()
    monkeypatch.setattr(cache, "__version__", "99.0")
    found = cached()
    assert not is_whole(found)
    assert found.cached.startswith("0 of")
    assert outcome(found) == outcome(check())


PACK = """\
from k8slint.api import Manifest, hookimpl, rule

@rule(on=Manifest, since="1.0")
def acme_name(manifest: Manifest):
    '''X.'''
    yield manifest.node["kind"].problem("MESSAGE")

@hookimpl
def k8slint_rules():
    return [acme_name]
"""


def test_the_code_of_a_plugin_counts(project: Path) -> None:
    site = project.parent / "site"
    entry = {"acme-1.0.dist-info/entry_points.txt": "[k8slint]\nacme = acme\n"}
    write(site, {**entry, "acme/__init__.py": PACK.replace("MESSAGE", "first")})
    assert {finding["message"] for finding in in_process(site, "--select", "acme-name")} == {"first"}
    # Of the same length, as a checkout would change it: no version tells.
    write(site, {"acme/__init__.py": PACK.replace("MESSAGE", "again")})
    assert {finding["message"] for finding in in_process(site, "--select", "acme-name")} == {"again"}


def in_process(site: Path, *options: str) -> list[dict[str, str]]:
    given = ["check", "-j1", "--format", "json", "--cache-dir", "../cache", "--fail-on", "never", *options]
    path = os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "K8SLINT_NO_CACHE": "", "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    script = "import sys; from k8slint import run; run.CACHE_FROM = 0, 0; from k8slint.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", script, *given], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    findings: list[dict[str, str]] = json.loads(done.stdout)["findings"]
    return findings


def test_code_that_is_installed_anew_is_the_same(install: Callable[..., Path]) -> None:
    record = "acme/__init__.py,sha256=DIGEST,300\nacme-1.0.dist-info/METADATA,,\n"
    site = install("acme", {"acme/__init__.py": PACK, "acme-1.0.dist-info/RECORD": record})
    plugins = Plugins()

    def state() -> bytes:
        return cache.state(plugins, Config(), ())

    first, code = state(), site / "acme" / "__init__.py"
    os.utime(code, (1, 1))
    assert state() == first
    later = time.time() + 1000
    os.utime(code, (later, later))
    edited = state()
    assert edited != first
    os.utime(code, (1, 1))
    (site / "acme-1.0.dist-info" / "RECORD").write_text(record.replace("DIGEST", "OTHER"))
    assert state() not in (first, edited)


def test_what_a_plugin_imports_from_beside_counts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = project.parent / "acme_helper.py"
    helper.write_text("LIMIT = 1\n")
    monkeypatch.syspath_prepend(str(project.parent))
    __import__("acme_helper")
    try:
        assert str(helper) in set(cache.strays())
        cached()
        assert is_whole(cached())
        helper.write_text("LIMIT = 22\n")
        found = cached()
        assert found.cached.startswith("0 of")
    finally:
        del sys.modules["acme_helper"]


def test_an_object_as_plugin_cannot_be_compared(project: Path) -> None:
    class Nothing:
        pass

    options = run.CheckOptions(jobs=1, cache="../cache")
    found = run.check(["."], options, Plugins([Nothing()]))
    assert "cannot be compared" in found.cached
    assert not entries()


# ---- what is wrong with the cache


def sealed(value: object) -> bytes:
    data = marshal.dumps(value)  # type: ignore[arg-type]
    return cache.FORMAT + cache.digest(data) + data


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[: len(cache.FORMAT) + 3],
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: flipped(data, 3),
        lambda data: flipped(data, len(cache.FORMAT) + 2),
        lambda data: flipped(data, len(data) * 2 // 3),
        lambda _data: b"\x80\x04\x95 something else's",
        lambda data: data.replace(b"cache 1", b"cache 0"),
        lambda _data: sealed(None),
        lambda _data: sealed(17),
        lambda _data: sealed({"a": 1}),
        lambda _data: sealed(([], {"base/service.yaml": 3, "base/deployment.yaml": (b"", {}, 1)})),
        lambda _data: sealed(([], [], [], 1, 1, 1)),
        lambda _data: sealed(([("text", "x")], [], [], 1, 1, 1, [])),
        lambda _data: sealed(([], [(1, 2)], [], 1, 1, 1, [])),
    ],
)
def test_a_damaged_cache_is_made_again(damage: Callable[[bytes], bytes], project: Path) -> None:
    cold = cached()
    assert len(entries()) == 2
    for path in entries():
        path.write_bytes(damage(path.read_bytes()))
    found = cached()
    assert outcome(found) == outcome(cold)
    assert not is_whole(found)
    assert is_whole(cached())


def test_single_files_survive_a_damaged_run(project: Path) -> None:
    cold = cached()
    for path in entries():
        if path.name.startswith("run-"):
            path.write_bytes(b"")
    found = cached()
    assert outcome(found) == outcome(cold)
    assert not found.cached.startswith("0 of")


def test_a_folder_in_the_way(project: Path) -> None:
    cold = cached()
    for path in entries():
        path.unlink()
        path.mkdir()
    found = cached()
    assert outcome(found) == outcome(cold)
    assert "cannot be written" in found.cached


def test_no_place_for_a_cache(project: Path) -> None:
    Path("../cache").write_text("a file")
    found = cached()
    assert outcome(found) == outcome(check())
    assert "cannot be written" in found.cached


def test_a_full_disk(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    found = cached()
    assert outcome(found) == outcome(check())
    assert "no space left on device" in found.cached
    assert not list(Path("../cache").rglob("*.tmp"))


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("K8SLINT_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache.folder(True) is None


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="their folders are others")
def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("K8SLINT_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder(True) == str(tmp_path / "k8slint")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert cache.folder(True) == "/home/me/.cache/k8slint"
    monkeypatch.setenv("K8SLINT_CACHE_DIR", str(tmp_path / "mine"))
    assert cache.folder(True) == str(tmp_path / "mine")
    assert cache.folder(str(tmp_path / "given")) == str(tmp_path / "given")


# ---- what is not kept


def test_what_is_asked_beside_the_files_is_not_kept(project: Path) -> None:
    text = {"base/service.yaml": SERVICE.replace("http", "web")}
    found = cached(texts=text)
    assert outcome(found) == outcome(check(texts=text))
    assert not found.cached
    assert not entries()


def test_a_run_with_errors_is_not_kept(project: Path) -> None:
    cached(".", "nowhere")
    assert not is_whole(cached(".", "nowhere"))
    write(project, {"nowhere": CONFIGMAP})
    assert outcome(cached(".", "nowhere")) == outcome(check(".", "nowhere"))


def test_a_small_run_does_not_ask(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CACHE_FROM", (64 * 2**10, 16))
    assert not cached().cached
    assert not Path("../cache").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_read_once(project: Path) -> None:
    os.mkfifo("pipe")
    writer = subprocess.Popen([sys.executable, "-c", f"open('pipe', 'w').write({CONFIGMAP!r})"])
    try:
        found = cached(".", "pipe")
    finally:
        writer.kill()
        writer.wait()
    assert not found.cached
    assert found.files == check(".").files + 1


def test_a_baseline_is_held_against_what_is_kept(project: Path) -> None:
    baseline.write("accepted.json", check().findings[:3])

    def against() -> baseline.Baseline:
        return baseline.load("accepted.json")

    cached()
    found = cached(baseline=against())
    assert is_whole(found)
    assert found.baselined == 3
    assert outcome(found) == outcome(check(baseline=against()))


def test_a_file_that_changes_during_the_run_is_not_kept(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = run._Session._finish

    def slowly(session: run._Session, *rest: object) -> run.Run:
        for path in ("base/deployment.yaml", "custom/crontab.yaml"):
            write(project, {path: "# more\n" + (project / path).read_text()})
        return finish(session, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run._Session, "_finish", slowly)
    cached()
    monkeypatch.undo()
    monkeypatch.chdir(project)
    monkeypatch.setattr(run, "CACHE_FROM", (0, 0))
    assert outcome(cached()) == outcome(check())


# ---- size


def test_it_is_bounded_in_size(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached()
    size = sum(path.stat().st_size for path in entries())
    others = [Path("../cache") / f"{number:032x}" / "files-x.bin" for number in range(5)]
    for age, path in enumerate(others):
        path.parent.mkdir()
        path.write_bytes(bytes(size))
        then = time.time() - 60 * (age + 1)
        os.utime(path, (then, then))
    mine = Path("../cache/keep-me.bin")
    mine.write_text("not the cache's")
    monkeypatch.setattr(cache, "MOST_BYTES", size * 7 // 2)
    Path("../cache/CACHEDIR.TAG").unlink()
    CHANGES["a file"](project)
    cached()
    assert [path.exists() for path in others] == [True, True, False, False, False]
    assert not others[-1].parent.exists()
    assert mine.exists()
    assert is_whole(cached())


def test_one_project_has_so_many_runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_RUNS", 4)
    for name in ("base", "custom", "crds", "shared", "overlay", "chart", "loose"):
        cached(name)
    assert len(entries()) == 4


def test_what_was_left_half_written_is_taken_away(project: Path) -> None:
    cached()
    old, new = (entries()[0].with_name(f"files-x.bin.{number}-x.tmp") for number in (1, 2))
    for path in (old, new):
        path.write_bytes(b"k8sl")
    then = time.time() - 2 * cache.LEFT_BEHIND
    os.utime(old, (then, then))
    CHANGES["a file"](project)
    cached()
    assert (old.exists(), new.exists()) == (False, True)


def test_use_keeps_it(project: Path) -> None:
    cached()
    then = time.time() - 3 * cache.SWEEP_EVERY
    for path in entries():
        os.utime(path, (then, then))
    assert is_whole(cached())
    assert any(path.stat().st_mtime > then + cache.SWEEP_EVERY for path in entries())


# ---- nothing is looked at unnoticed

WATCHED = """\
import sys
opened = set()

def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.add(arguments[0])

from k8slint import cache, run
run.CACHE_FROM = 0, 0
sys.addaudithook(hook)
run.check(["."], run.CheckOptions(jobs=1, cache="../cache", context=["../beside"], preset="strict"))
import glob, json
[kept] = glob.glob("../cache/*/run-*.bin")
import marshal
asked = marshal.loads(open(kept, "rb").read()[len(cache.FORMAT) + 16 :])[0]
print(json.dumps([sorted(opened), [where for what, where, _ in asked if what == "text"]]))
"""


def test_all_files_that_a_run_opens_are_noted(project: Path) -> None:
    shutil.copytree(Path(__file__).parents[1] / "fixtures" / "crd-go-type" / "markers", project / "go")
    write(project.parent, {"beside/settings.yaml": CONFIGMAP})
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, check=True)
    opened, noted = json.loads(done.stdout)
    here = [os.path.abspath(path) for path in opened if not os.path.isdir(path)]
    places = (str(project) + os.sep, str(project.parent / "beside"))
    of_the_project = {path for path in here if path.startswith(places)}
    # The settings and what is ignored are found anew by every run.
    told = {os.path.abspath(path) for path in noted} | {str(project / ".k8slint.yaml")}
    of_the_project -= {path for path in of_the_project if path.endswith(("ignore", os.path.join("info", "exclude")))}
    assert of_the_project <= told
    expected = {"types.go", "patch.txt", "crontabs.yaml", "settings.yaml", "kustomization.yaml"}
    assert expected <= {os.path.basename(path) for path in of_the_project}


# ---- several at once


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_two_runs_at_once_and_one_of_them_killed(project: Path) -> None:
    rounds(project, 5, files=40)


def rounds(project: Path, number: int, files: int) -> None:
    """Rounds in which a file changes, two runs begin on one cache, and one is killed somewhere on its way."""
    for position in range(files):
        write(project, {f"many/{position}.yaml": DEPLOYMENT.replace("name: web", f"name: web-{position}", 1)})
    script = "import sys; from k8slint import run; run.CACHE_FROM = 0, 0; from k8slint.__main__ import main; main()"
    plain = [sys.executable, "-c", script, "check", "--format", "json", "--fail-on", "never"]
    command = [*plain, "--cache-dir", "../cache"]
    environment = {**os.environ, "K8SLINT_NO_CACHE": ""}
    started = time.perf_counter()
    subprocess.run(command, env=environment, capture_output=True, check=True)
    usual = time.perf_counter() - started
    for turn in range(number):
        image = f"web:{turn}" if turn % 2 else "web:latest"
        write(project, {f"many/{turn % files}.yaml": DEPLOYMENT.replace("web:latest", image)})
        first, second = (
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in "ab"
        )
        # Mostly late, when it writes.
        time.sleep(usual * (0.3 + 0.9 * (turn * 7 % 11) / 11))
        second.send_signal(signal.SIGKILL)
        out, complaint = first.communicate()
        second.communicate()
        assert first.returncode == 0, complaint.decode()
        fresh = subprocess.run([*plain, "--no-cache"], env=environment, capture_output=True, check=True)
        warm = subprocess.run(command, env=environment, capture_output=True, check=True)
        assert (
            json.loads(out)["findings"] == json.loads(fresh.stdout)["findings"] == json.loads(warm.stdout)["findings"]
        )
        for path in entries():
            data = path.read_bytes()
            start = len(cache.FORMAT) + cache._SIZE
            assert data.startswith(cache.FORMAT), path
            assert cache.digest(data[start:]) == data[len(cache.FORMAT) : start], path
