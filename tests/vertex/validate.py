"""Holds plans for Vertex AI against Google's own discovery documents.

    validate.py PLAN.json...      one line for each violation; exit code 1 where there is one

Knows nothing of servec but the form of the document (docs/vertex-plan.schema.json): paths, methods, parameters, fields,
types, enums, what is required and what only the server writes all come from the documents that the package
google-api-python-client carries. Discovery documents say "required" and "read only" of a field in words, at the beginning
of its description, so that is read too.
"""

import json
import pathlib
import re
import sys
from urllib.parse import unquote, urlsplit

import googleapiclient.discovery_cache

DOCUMENTS = pathlib.Path(googleapiclient.discovery_cache.__file__).parent / "documents"
#: Which document answers under which beginning of a path, by host.
HOSTS = [
    (re.compile(r"^[a-z0-9-]+-aiplatform\.googleapis\.com$"), {"v1": "aiplatform.v1", "v1beta1": "aiplatform.v1beta1"}),
    (re.compile(r"^storage\.googleapis\.com$"), {"storage": "storage.v1", "upload": "storage.v1"}),
    (re.compile(r"^pubsub\.googleapis\.com$"), {"v1": "pubsub.v1"}),
]
#: Query parameters that a media upload takes beside those of its method.
UPLOAD = {"uploadType": "media"}
LOADED = {}
ROUTES = {}


def document(name):
    if name not in LOADED:
        LOADED[name] = json.loads((DOCUMENTS / f"{name}.json").read_text())
    return LOADED[name]


def methods(tree):
    for method in tree.get("methods", {}).values():
        yield method
    for child in tree.get("resources", {}).values():
        yield from methods(child)


def routes(name, upload):
    """Every method of a document with the expression that its paths match."""
    key = (name, upload)
    if key not in ROUTES:
        found = ((method, template(document(name), method, upload)) for method in methods(document(name)))
        ROUTES[key] = [(method, path) for method, path in found if path]
    return ROUTES[key]


def template(doc, method, upload):
    """The method's path as an expression; `{+name}` takes slashes, as its parameter's pattern allows."""
    if upload:
        path = method.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path")
        if path is None:
            return None
    else:
        path = "/" + doc["servicePath"] + method["path"]
    out, at = "", 0
    for hole in re.finditer(r"\{(\+?)([^}]+)\}", path):
        out += re.escape(path[at : hole.start()])
        parameter = method["parameters"][hole.group(2)]
        pattern = parameter.get("pattern", "^.+$" if hole.group(1) else "^[^/]+$")
        out += f"(?P<{hole.group(2)}>{pattern[1:-1]})" if not hole.group(1) else f"(?:{pattern[1:-1]})"
        at = hole.end()
    return re.compile("^" + out + re.escape(path[at:]) + "$")


class Checked:
    def __init__(self):
        self.found = []

    def say(self, where, what):
        self.found.append(f"{where}: {what}")

    # Requests

    def request(self, where, request):
        url = urlsplit(request["url"])
        if url.scheme != "https" or url.query or url.fragment:
            return self.say(where, f"the URL {request['url']} is no plain https address")
        first = url.path.split("/")[1] if "/" in url.path else ""
        name = next((names.get(first) for host, names in HOSTS if host.match(url.netloc)), None)
        if name is None:
            return self.say(where, f"no API answers at {url.netloc}/{first}")
        doc, upload = document(name), first == "upload"
        there = [method for method, path in routes(name, upload) if path.match(url.path)]
        if not there:
            return self.say(where, f"no method of {name} has the path {url.path}")
        fitting = [m for m in there if m["httpMethod"] == request["method"]]
        if not fitting:
            return self.say(where, f"{url.path} takes {', '.join(m['httpMethod'] for m in there)}, not {request['method']}")
        method = fitting[0]
        self.query(where, doc, method, request, upload)
        waits = "operation" if method.get("response", {}).get("$ref") == "GoogleLongrunningOperation" else "answer"
        if request.get("waitsFor", waits) != waits:
            self.say(where, f"{method['id']} answers an {waits}, and it is waited for an {request.get('waitsFor')}")
        if upload:
            if "upload" not in request or "body" in request:
                self.say(where, f"{method['id']} takes a file")
            return None
        asked = method.get("request", {}).get("$ref")
        if asked is None and "body" in request:
            return self.say(where, f"{method['id']} takes no body")
        if asked is None:
            return None
        if "body" not in request:
            return self.say(where, f"{method['id']} takes a body")
        # A patch sends what it changes alone.
        partial = method["httpMethod"] == "PATCH"
        self.value(where, doc, {"$ref": asked}, request["body"], "", partial)
        if partial:
            self.mask(where, doc, asked, request)
        return None

    def query(self, where, doc, method, request, upload):
        known = {n: p for n, p in method.get("parameters", {}).items() if p["location"] == "query"}
        shared = {n: p for n, p in doc.get("parameters", {}).items() if p.get("location") == "query"}
        for name, value in request["query"].items():
            if upload and name in UPLOAD:
                if value != UPLOAD[name]:
                    self.say(where, f"{name} of an upload is {value}")
                continue
            parameter = known.get(name) or shared.get(name)
            if parameter is None:
                self.say(where, f"{method['id']} has no query parameter {name}")
                continue
            if "enum" in parameter and value not in parameter["enum"]:
                self.say(where, f"{name}={value} is none of {parameter['enum']}")
            if parameter.get("format") in ("int64", "int32") and not re.match(r"^-?\d+$", value):
                self.say(where, f"{name}={value} is no number")
        for name, parameter in known.items():
            needed = parameter.get("required") or parameter.get("description", "").startswith("Required.")
            if needed and name not in request["query"]:
                self.say(where, f"{method['id']} needs the query parameter {name}")

    def mask(self, where, doc, asked, request):
        for path in request["query"].get("updateMask", "").split(","):
            head = re.split(r"[.]", path)[0]
            camel = re.sub(r"_([a-z])", lambda m: m.group(1).upper(), head)
            if camel not in doc["schemas"][asked].get("properties", {}):
                self.say(where, f"the mask names {path}, which {asked} has not")
            elif camel not in request["body"]:
                self.say(where, f"the mask names {path}, which the body has not")

    # Values

    def value(self, where, doc, schema, value, at, partial=False):
        if "$ref" in schema:
            schema = doc["schemas"][schema["$ref"]]
        kind = schema.get("type")
        if kind == "any":
            return
        if kind == "object":
            self.object(where, doc, schema, value, at, partial)
        elif kind == "array":
            if not isinstance(value, list):
                return self.say(where, f"{at or '/'} is no list")
            for i, item in enumerate(value):
                self.value(where, doc, schema["items"], item, f"{at}/{i}")
        elif kind == "boolean":
            if not isinstance(value, bool):
                self.say(where, f"{at} is no boolean: {value!r}")
        elif kind == "integer":
            self.integer(where, schema, value, at)
        elif kind == "number":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                self.say(where, f"{at} is no number: {value!r}")
        elif kind == "string":
            self.string(where, schema, value, at)
        else:
            self.say(where, f"{at}: the document has a type {kind}, which this checker does not know")

    def object(self, where, doc, schema, value, at, partial):
        if not isinstance(value, dict):
            return self.say(where, f"{at or '/'} is no object")
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            if name in fields:
                if self.is_read_only(fields[name]):
                    self.say(where, f"{at}/{name} is written by the server alone")
                self.value(where, doc, fields[name], inner, f"{at}/{name}")
            elif others is not None:
                self.value(where, doc, others, inner, f"{at}/{name}")
            else:
                self.say(where, f"{at}/{name}: there is no such field in {schema.get('id', 'it')}")
        for name, field in fields.items():
            if name not in value and not partial and field.get("description", "").startswith("Required."):
                self.say(where, f"{at}/{name} is required")

    @staticmethod
    def is_read_only(field):
        return field.get("readOnly", False) or field.get("description", "").startswith("Output only.")

    def integer(self, where, schema, value, at):
        if isinstance(value, bool) or not isinstance(value, int):
            return self.say(where, f"{at} is no whole number: {value!r}")
        low, high = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}.get(schema.get("format"), (-(2**53), 2**53))
        if not low <= value <= high:
            self.say(where, f"{at} is out of range: {value}")

    def string(self, where, schema, value, at):
        if not isinstance(value, str):
            return self.say(where, f"{at} is no string: {value!r}")
        if "enum" in schema and value not in schema["enum"]:
            self.say(where, f"{at} is {value}, none of {', '.join(schema['enum'])}")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            self.say(where, f"{at} is {value}, not of the form {schema['pattern']}")
        forms = {"int64": r"^-?\d+$", "google-duration": r"^-?\d+(\.\d{1,9})?s$", "google-datetime": r"^\d{4}-"}
        form = forms.get(schema.get("format"))
        if form and not re.match(form, value):
            self.say(where, f"{at} is {value!r}, no {schema['format']}")

    # What the documents say in words: ids, masks, shares, what is asked once

    def words(self, where, call):
        body, url = call.get("body", {}), call["url"]
        if url.endswith("/endpoints") and call["method"] == "POST":
            id = call["query"].get("endpointId", "")
            if not re.match(r"^([a-z]([a-z0-9-]{0,61}[a-z0-9])?|[1-9][0-9]{0,8})$", id):
                self.say(where, f"endpointId={id} is no id of an endpoint")
            if body.get("network") and body.get("privateServiceConnectConfig"):
                self.say(where, "network and privateServiceConnectConfig exclude each other")
        if url.endswith("/models:upload"):
            if ("modelId" in body) == ("parentModel" in body):
                self.say(where, "one of modelId and parentModel")
            if "modelId" in body and not re.match(r"^[a-z_][a-z0-9_-]{0,62}$", body["modelId"]):
                self.say(where, f"{body['modelId']} is no id of a model")
            for alias in body.get("model", {}).get("versionAliases", []):
                if not re.match(r"^[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]$", alias):
                    self.say(where, f"{alias} is no alias")
            self.container(where, body.get("model", {}).get("containerSpec", {}))
        if url.endswith("/deploymentResourcePools") and not re.match(
            r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", body.get("deploymentResourcePoolId", "")
        ):
            self.say(where, f"{body.get('deploymentResourcePoolId')} is no id of a pool")
        if url.endswith(":deployModel"):
            self.deployed(where, body.get("deployedModel", {}), "/v1beta1/" in url)
        for holder in (body, body.get("deployedModel", {}), body.get("model", {})):
            for key, label in holder.get("labels", {}).items() if isinstance(holder, dict) else []:
                if not (re.match(r"^[^\WA-Z_][^\WA-Z]*(?:[-][^\WA-Z]*)*$", key) and len(key) <= 64):
                    self.say(where, f"{key} is no key of a label")
                if not (isinstance(label, str) and len(label) <= 64 and re.match(r"^(?:[^\WA-Z]|-)*$", label)):
                    self.say(where, f"{label} is no value of a label")
        split = body.get("trafficSplit")
        if split and sum(split.values()) != 100:
            self.say(where, f"the shares sum to {sum(split.values())}")

    def container(self, where, spec):
        env = spec.get("env", [])
        if len(env) > 200 or sum(len(e.get("name", "")) + len(e.get("value", "")) for e in env) > 512 * 1024:
            self.say(where, "more variables than a container takes")
        names = [e.get("name") for e in env]
        if len(set(names)) != len(names):
            self.say(where, "a variable is set twice")
        for probe in (spec.get(p) for p in ("startupProbe", "healthProbe", "livenessProbe")):
            if probe and probe.get("periodSeconds", 10) > probe.get("timeoutSeconds", 1):
                self.say(where, "a probe is asked less often than it may take")
        if spec.get("deploymentTimeout") and float(spec["deploymentTimeout"][:-1]) > 7200:
            self.say(where, "a deployment may take 2 hours at most")

    def deployed(self, where, deployed, beta):
        if not re.match(r"^[0-9]{1,10}$", deployed.get("id", "0")):
            self.say(where, f"{deployed['id']} is no id of a deployed model")
        given = [k for k in ("dedicatedResources", "automaticResources", "sharedResources") if k in deployed]
        if len(given) != 1:
            self.say(where, f"one sort of resources, not {given}")
        own = deployed.get("dedicatedResources", {})
        least, most = own.get("minReplicaCount", 1), own.get("maxReplicaCount", own.get("minReplicaCount", 1))
        if least < (0 if beta else 1) or most < max(least, 1):
            self.say(where, f"{least} to {most} replicas")
        names = [spec.get("metricName") for spec in own.get("autoscalingMetricSpecs", [])]
        if len(set(names)) != len(names):
            self.say(where, "a metric has one entry at most")

    # Plans

    def plan(self, name, plan):
        done, taken = set(), set()
        for call in plan["calls"]:
            where = f"{name} {call['id']}"
            for before in call["after"]:
                if before not in done:
                    self.say(where, f"comes before {before}, which it needs")
            if call["id"] in done:
                self.say(where, "is there twice")
            before = len(self.found)
            self.one(where, call, taken)
            taken |= {take["name"] for take in call.get("takes", [])}
            # What is of a wrong type is said already.
            if len(self.found) == before:
                self.words(where, call)
            if call["undo"]:
                self.one(f"{where} (undo)", call["undo"], taken)
            done.add(call["id"])

    def one(self, where, request, taken):
        url = request["url"]
        for fill in request.get("fills", []):
            if not fill["with"].startswith("secret.") and fill["with"] not in taken:
                self.say(where, f"takes {fill['with']}, which nothing gives")
            if fill["at"] == "path":
                whole = "/v1/{taken}" in url
                url = url.replace("{taken}", "projects/1/locations/r/batchPredictionJobs/7" if whole else "7")
            elif not self.reaches(request.get("body"), fill["at"]):
                self.say(where, f"fills {fill['at']}, which the body has not")
        if "{" in unquote(url):
            self.say(where, f"{url} is not filled in")
        self.request(where, dict(request, url=url))

    @staticmethod
    def reaches(value, pointer):
        for step in pointer.split("/")[1:]:
            try:
                value = value[int(step)] if isinstance(value, list) else value[step]
            except (KeyError, IndexError, TypeError, ValueError):
                return False
        return True


def main(paths):
    checked, calls = Checked(), 0
    for path in paths:
        plan = json.loads(pathlib.Path(path).read_text())
        checked.plan(path, plan)
        calls += len(plan["calls"]) + sum(1 for call in plan["calls"] if call["undo"])
    for line in checked.found:
        print(line)
    print(f"{len(paths)} plans, {calls} calls, {len(checked.found)} violations", file=sys.stderr)
    return 1 if checked.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
