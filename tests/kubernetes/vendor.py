"""Writes `schemas/` from custom resource definitions: python3 vendor.py FOLDER-OF-DEFINITIONS.

What is kept of each is its schema, without descriptions, defaults and `status`; parts that repeat are shared under
`$defs`. Nothing else is changed: what validates here is what a cluster's API server would take.
"""

import collections
import json
import pathlib
import sys

import yaml

WANTED = {
    "gateway-api": ["gateway.networking.k8s.io_httproutes"],
    "keda": ["keda.sh_scaledobjects", "keda.sh_scaledjobs", "keda.sh_triggerauthentications"],
    "keda-http-add-on": ["http.keda.sh_httpscaledobjects"],
    "kserve": [
        "serving.kserve.io_inferenceservices",
        "serving.kserve.io_inferencegraphs",
        "serving.kserve.io_servingruntimes",
        "serving.kserve.io_trainedmodels",
    ],
}
LEFT_OUT = {"description", "default", "format", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"}


def stripped(node, names=False):
    """The schema without what does not decide; `names` where keys are names of fields."""
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if names or key not in LEFT_OUT}
        return {key: stripped(value, key == "properties" and not names) for key, value in kept.items()}
    return [stripped(item) for item in node] if isinstance(node, list) else node


def shared(schema):
    """The same with parts that repeat under `$defs`."""
    seen = collections.Counter()

    def count(node):
        if isinstance(node, dict):
            text = json.dumps(node, sort_keys=True)
            if len(text) > 200 and isinstance(node.get("type"), str):
                seen[text] += 1
                if seen[text] > 1:
                    return
            for value in node.values():
                count(value)
        elif isinstance(node, list):
            for value in node:
                count(value)

    count(schema)
    names = {text: f"s{i}" for i, text in enumerate(t for t, times in seen.items() if times > 1)}
    defs = {}

    def replace(node, top=False):
        if isinstance(node, dict):
            text = json.dumps(node, sort_keys=True)
            if not top and text in names:
                name = names[text]
                if name not in defs:
                    defs[name] = None
                    defs[name] = replace(node, True)
                return {"$ref": f"#/$defs/{name}"}
            return {key: replace(value) for key, value in node.items()}
        return [replace(item) for item in node] if isinstance(node, list) else node

    return {**replace(schema, True), "$defs": dict(sorted(defs.items()))}


def main():
    here = pathlib.Path(__file__).parent / "schemas"
    for folder, files in WANTED.items():
        for file in files:
            definition = yaml.safe_load((pathlib.Path(sys.argv[1]) / folder / f"{file}.yaml").read_text())["spec"]
            version = next(v for v in definition["versions"] if v["served"])
            schema = stripped(version["schema"]["openAPIV3Schema"])
            schema["properties"].pop("status", None)
            out = {
                "apiVersion": f"{definition['group']}/{version['name']}",
                "kind": definition["names"]["kind"],
                "schema": shared(schema),
            }
            (here / f"{out['kind']}.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
