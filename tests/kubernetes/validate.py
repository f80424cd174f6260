"""Holds manifests against the schemas of Kubernetes 1.33 to 1.37 and of custom resources, strictly: a field that no schema
has is an error, as with `kubectl apply --validate=strict`. Knows nothing of servec.

    validate.py FILE…             prints each error, then a line `checked N objects of KINDS`; ends with 1 after an error
    validate.py --planted FILE…   plants mistakes in one object of each kind, and prints those that were not caught
"""

import copy
import functools
import json
import pathlib
import re
import sys

import importlib_resources
import jsonschema
import yaml
from referencing import Registry, Resource

VERSIONS = ["1.33", "1.34", "1.35", "1.36", "1.37"]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HERE = pathlib.Path(__file__).parent
PACKAGE = importlib_resources.files("kubernetes_validate").joinpath("kubernetes-json-schema")
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?")
QUANTITY = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
# Keys of a map of amounts.
AMOUNTS = ("requests", "limits")


def folder(version):
    names = [f.name for f in PACKAGE.iterdir()]
    found = [n for n in names if n.startswith(f"v{version}.") and n.endswith("-local-strict")]
    assert len(found) == 1, f"the schemas of {version}: {found}"
    return found[0]


@functools.cache
def definitions(version):
    text = PACKAGE.joinpath(folder(version), "_definitions.json").read_text()
    return Resource.from_contents(json.loads(text))


@functools.cache
def builtin(version, kind, api_version):
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    file = PACKAGE.joinpath(folder(version), f"{kind.lower()}-{group}.json")
    if not file.is_file():
        return None
    schema = json.loads(file.read_text())
    registry = Registry().with_resource("_definitions.json", definitions(version))
    registry = registry.with_resource("", Resource.from_contents(schema))
    return jsonschema.Draft202012Validator(schema, registry=registry)


def closed(node):
    """A structural schema in which every object is closed that does not say otherwise."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: closed(value) for key, value in node.items()}
    if node.pop("x-kubernetes-int-or-string", False):
        node.pop("anyOf", None)
        node["type"] = ["integer", "string"]
    open_ended = node.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in node
    if node.get("type") == "object" and "properties" in node and not open_ended:
        node["additionalProperties"] = False
    return node


@functools.cache
def custom():
    found = {}
    for file in sorted(HERE.glob("schemas/*.json")):
        definition = json.loads(file.read_text())
        schema = closed(definition["schema"])
        schema["properties"]["metadata"] = {"type": "object"}
        found[definition["kind"], definition["apiVersion"]] = jsonschema.Draft202012Validator(schema)
    return found


def places(node, path=()):
    yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from places(value, (*path, i))


def api_rules(thing):
    """What an API server holds names, labels and amounts to, which no schema says."""
    metadata = thing.get("metadata", {})
    if not DNS_LABEL.fullmatch(metadata.get("name", "")):
        yield f"metadata.name: {metadata.get('name')!r} is no DNS label"
    for path, value in places(thing):
        last = path[-1] if path else None
        if last in ("labels", "matchLabels") and isinstance(value, dict) and "alert" not in path:
            if "rules" in path:
                continue
            for key, text in value.items():
                if not LABEL_VALUE.fullmatch(str(text)) or not LABEL_VALUE.fullmatch(key.split("/")[-1]):
                    yield f"{path}: {key}={text!r} is no label"
        if last in AMOUNTS and isinstance(value, dict):
            for key, amount in value.items():
                if not QUANTITY.fullmatch(str(amount)):
                    yield f"{path}: {key}: {amount!r} is no quantity"
    if thing.get("kind") == "Deployment" and isinstance(thing.get("spec"), dict):
        template = thing["spec"].get("template", {}).get("metadata", {}).get("labels", {})
        wanted = thing["spec"].get("selector", {}).get("matchLabels", {})
        if any(template.get(key) != value for key, value in wanted.items()):
            yield "spec.selector does not select spec.template"


def overlaps(things):
    """Deployments of one namespace whose selectors select each other's pods."""
    deployments = [t for t in things if t.get("kind") == "Deployment"]
    for one in deployments:
        wanted = one["spec"]["selector"]["matchLabels"]
        for other in deployments:
            labels = other["spec"]["template"]["metadata"]["labels"]
            if one is not other and all(labels.get(key) == value for key, value in wanted.items()):
                yield f"{one['metadata']['name']} selects the pods of {other['metadata']['name']}"


def errors(thing):
    kind, api_version = thing.get("kind"), thing.get("apiVersion")
    found = list(api_rules(thing))
    validators = [(version, builtin(version, kind, api_version)) for version in VERSIONS]
    if any(validator for _, validator in validators):
        for version, validator in validators:
            if validator is None:
                found.append(f"{version} has no {api_version} {kind}")
                continue
            found.extend(f"{version}: {e.json_path}: {e.message[:200]}" for e in validator.iter_errors(thing))
    elif (kind, api_version) in custom():
        found.extend(f"{e.json_path}: {e.message[:200]}" for e in custom()[kind, api_version].iter_errors(thing))
        metadata = builtin(VERSIONS[-1], "ConfigMap", "v1")
        shell = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": thing.get("metadata")}
        found.extend(f"{e.json_path}: {e.message[:200]}" for e in metadata.iter_errors(shell))
    else:
        found.append(f"no schema knows {api_version} {kind}")
    return found


def planted(thing):
    """The same with one mistake: what it is, and the object."""

    def with_change(what, change):
        copied = copy.deepcopy(thing)
        change(copied)
        return what, copied

    # The own part: what is neither kind nor name.
    own = next(key for key in thing if key not in ("apiVersion", "kind", "metadata"))
    yield with_change("an unknown field", lambda o: o.update(speck={}))
    yield with_change("an unknown field of metadata", lambda o: o["metadata"].update(lables={"a": "b"}))
    yield with_change("a name with capitals", lambda o: o["metadata"].update(name="Search"))
    yield with_change("a label with a space", lambda o: o["metadata"].setdefault("labels", {}).update(a="b c"))
    yield with_change("a number as a label", lambda o: o["metadata"].setdefault("labels", {}).update(a=1))
    yield with_change("an unknown version", lambda o: o.update(apiVersion="v1beta9"))
    yield with_change("text for the whole", lambda o: o.update({own: "text"}))
    if isinstance(thing[own], dict) and own == "spec":
        yield with_change("an unknown field of spec", lambda o: o["spec"].update(replica=1))
        # The deepest object whose fields a schema names.
        deep = [p for p, v in places(thing["spec"]) if isinstance(v, dict) and p and isinstance(p[-1], int)]
        if deep:
            path = max(deep, key=len)

            def go(o):
                node = o["spec"]
                for step in path:
                    node = node[step]
                node["nmae"] = "x"

            yield with_change(f"an unknown field at {path}", go)


def main():
    arguments = sys.argv[1:]
    plant = arguments[:1] == ["--planted"]
    files = arguments[1:] if plant else arguments
    things = [(f, t) for f in files for t in yaml.load_all(pathlib.Path(f).read_text(), Loader=LOADER) if t is not None]
    bad, kinds, seen = 0, {}, set()
    for file, thing in things:
        kind = thing["kind"]
        kinds[kind] = kinds.get(kind, 0) + 1
        if plant:
            if kind in seen:
                continue
            seen.add(kind)
            for what, mistaken in planted(thing):
                if not errors(mistaken):
                    bad += 1
                    print(f"not caught in a {kind}: {what}")
            continue
        for error in errors(thing):
            bad += 1
            print(f"{file}: {kind} {thing['metadata'].get('name')}: {error}")
    for file in files if not plant else []:
        for error in overlaps([thing for of, thing in things if of == file]):
            bad += 1
            print(f"{file}: {error}")
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    print(f"checked {len(things)} objects: {listed}")
    sys.exit(1 if bad else 0)


main()
