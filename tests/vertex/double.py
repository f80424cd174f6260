"""A double of Google Cloud for tests, on loopback: what servec calls of Vertex AI, Cloud Storage, Pub/Sub and Monitoring.

    double.py            prints `listening PORT`, and serves until its standard input ends

Every request is held against Google's discovery documents (validate.py) before it is served: an unknown path is 404, a
wrong verb 405, a wrong query or body 400 with what is wrong. Beside that it keeps the rules that the documents say in
words: shares sum to 100 and name deployed models, nothing in use is deleted, least is not more than most.

In which ways it lies: nothing runs and nothing costs; an operation ends after two polls, and only then is what it does
there; tokens are not looked at; lists have two items a page; filters know `labels.KEY=VALUE` alone; times, etags and
quotas are missing; a prefix of objects is the only query of Cloud Storage; the metric that Monitoring answers is set by
the test.

Tests steer it at /_control: GET answers what was noticed, POST sets `fail` (the how-many-th changing call from now on and
how: a status, `break`, `operation`, `never`), `metric`, `foreign` (an endpoint that gets somebody else's model, with a
share), and `forget` (every fault that was set).
"""

import json
import pathlib
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import validate  # noqa: E402

PAGE = 2
POLLS = 2


class Refused(Exception):
    def __init__(self, status, message, violations=()):
        super().__init__(message)
        self.status, self.message, self.violations = status, message, violations


class Cloud:
    def __init__(self):
        self.lock = threading.RLock()
        self.endpoints, self.models, self.pools, self.jobs = {}, {}, {}, {}
        self.queues, self.buckets, self.objects = {}, {}, {}
        self.operations, self.numbers = {}, 0
        self.noticed, self.changes, self.calls = [], 0, []
        self.fail, self.metric = None, None

    def number(self):
        self.numbers += 1
        return str(self.numbers)

    # Operations

    def operation(self, parent, done, response):
        name = f"{parent}/operations/{self.number()}"
        fault = self.fault if self.fault in ("operation", "never") else None
        self.operations[name] = {"polls": 0, "done": done, "response": response, "fault": fault}
        return {"name": name, "done": False, "metadata": {"deploymentStage": "STARTING_DEPLOYMENT"}}

    def poll(self, name):
        operation = self.operations.get(name)
        if operation is None:
            raise Refused(404, f"no operation {name}")
        operation["polls"] += 1
        if operation["polls"] < POLLS or operation["fault"] == "never":
            return {"name": name, "done": False}
        if operation["fault"] == "operation":
            return {"name": name, "done": True, "error": {"code": 8, "message": "no machines are left in this region"}}
        if "result" not in operation:
            try:
                operation["done"]()
                operation["result"] = {"response": operation["response"]()}
            except Refused as refused:
                operation["result"] = {"error": {"code": 9, "message": refused.message}}
        return {"name": name, "done": True, **operation["result"]}

    # Endpoints

    def split(self, endpoint, shares):
        if shares and sum(shares.values()) != 100:
            raise Refused(400, "the shares must add up to 100")
        ready = {model["id"] for model in endpoint["deployedModels"]}
        if set(shares) - ready:
            self.noticed.append(f"calls were to go to {sorted(set(shares) - ready)}, which are not ready")
            raise Refused(400, "a deployed model of the split is not there")
        endpoint["trafficSplit"] = dict(shares)

    def deploy(self, id, model):
        endpoint = self.endpoints[id]
        if any(known["id"] == model["id"] for known in endpoint["deployedModels"]):
            raise Refused(409, "a deployed model of that id is there")
        name, _, alias = model["model"].rpartition("/")[2].partition("@")
        version = self.version(name, alias)
        own = dict(model, model=f"projects/7/locations/r/models/{name}", modelVersionId=version["versionId"])
        endpoint["deployedModels"].append(own)

    def version(self, name, alias):
        for version in self.models.get(name, []):
            if alias in ("", version["versionId"], *version["versionAliases"]):
                return version
        raise Refused(404, f"no model {name}@{alias}")

    def in_use(self, name, version=None):
        deployed = (m for e in self.endpoints.values() for m in e["deployedModels"])
        return any(m["model"].endswith("/" + name) and version in (None, m["modelVersionId"]) for m in deployed)


CLOUD = Cloud()


def api_of(path):
    first = path.split("/")[1] if path.count("/") else ""
    if first in ("storage", "upload"):
        return "storage.googleapis.com"
    if re.match(r"^/v1/projects/[^/]+/(topics|subscriptions)", path):
        return "pubsub.googleapis.com"
    return "europe-west4-aiplatform.googleapis.com"


def held_against_the_documents(method, path, query, body, upload):
    request = {"url": f"https://{api_of(path)}{path}", "method": method, "query": query}
    if upload:
        request["upload"] = {}
    elif body is not None:
        request["body"] = body
    checked = validate.Checked()
    checked.request("", request)
    found = [line.lstrip(": ") for line in checked.found]
    if any("no method of" in line or "no API answers" in line for line in found):
        raise Refused(404, found[0])
    if any(" takes " in line and f", not {method}" in line for line in found):
        raise Refused(405, found[0])
    if found:
        raise Refused(400, "the request is not as the API takes it", found)


def serve(method, path, query, body, raw):
    if path == "/_control":
        return control(method, body)
    if re.match(r"^/v1/projects/[^/]+/location/global/prometheus/api/v1/query$", path):
        result = [] if CLOUD.metric is None else [{"value": [0, str(CLOUD.metric)]}]
        return {"status": "success", "data": {"resultType": "vector", "result": result}}
    if match := re.match(r"^/predict/v1/(.+)/endpoints/([^/:]+):rawPredict$", path):
        return {"answered": match.group(2), "bytes": len(raw)}
    upload = path.startswith("/upload/")
    held_against_the_documents(method, path, query, body, upload)
    CLOUD.calls.append(f"{method} {path}")
    for pattern, answer in ROUTES:
        if match := re.match(pattern, f"{method} {path}"):
            return answer(*(unquote(part) for part in match.groups()), query=query, body=body, raw=raw)
    raise Refused(501, f"the double does not know {method} {path}")


def control(method, body):
    if method == "POST":
        if "fail" in body:
            CLOUD.fail = [int(body["fail"][0]), body["fail"][1]]
        if "metric" in body:
            CLOUD.metric = body["metric"]
        if "foreign" in body:
            endpoint = CLOUD.endpoints[body["foreign"][0]]
            model = {"id": "77", "displayName": "theirs", "model": "projects/7/locations/r/models/theirs", "modelVersionId": "1"}
            endpoint["deployedModels"].append(model)
            share = body["foreign"][1]
            own = {id: percent * (100 - share) // 100 for id, percent in endpoint.get("trafficSplit", {}).items()}
            endpoint["trafficSplit"] = dict(own, **({"77": 100 - sum(own.values())} if share else {}))
        if body.get("forget"):
            CLOUD.fail, CLOUD.metric = None, None
    names = [f"{e}/{m['displayName']}" for e, live in CLOUD.endpoints.items() for m in live["deployedModels"]]
    left = [*CLOUD.endpoints, *CLOUD.models, *CLOUD.pools, *CLOUD.jobs, *CLOUD.queues, *CLOUD.objects]
    splits = {id: live.get("trafficSplit", {}) for id, live in CLOUD.endpoints.items()}
    return {"noticed": CLOUD.noticed, "changes": CLOUD.changes, "deployed": names, "left": left, "splits": splits, "calls": CLOUD.calls}


def paged(items, query, name):
    wanted = query.get("filter", "")
    if match := re.match(r"^labels\.(\w+)=(.+)$", wanted):
        items = [item for item in items if item.get("labels", {}).get(match.group(1)) == match.group(2)]
    at = int(query.get("pageToken", "0"))
    answer = {name: items[at : at + PAGE]}
    return dict(answer, nextPageToken=str(at + PAGE)) if len(items) > at + PAGE else answer


def known(place, id, what):
    if id not in place:
        raise Refused(404, f"no {what} {id}")
    return place[id]


def create_endpoint(parent, query, body, **_):
    id = query["endpointId"]
    if id in CLOUD.endpoints:
        raise Refused(409, f"endpoint {id} is there")

    def done():
        dns = {"dedicatedEndpointDns": f"{HOST}/predict"} if body.get("dedicatedEndpointEnabled") else {}
        CLOUD.endpoints[id] = dict(body, name=f"{parent}/endpoints/{id}", deployedModels=[], **dns)

    return CLOUD.operation(parent, done, lambda: CLOUD.endpoints[id])


def patch_endpoint(parent, id, query, body, **_):
    endpoint = known(CLOUD.endpoints, id, "endpoint")
    for field in query["updateMask"].split(","):
        if field == "trafficSplit":
            CLOUD.split(endpoint, body.get(field, {}))
        elif field in body:
            endpoint[field] = body[field]
        else:
            endpoint.pop(field, None)
    return endpoint


def update_endpoint(parent, id, body, **_):
    endpoint = known(CLOUD.endpoints, id, "endpoint")
    return CLOUD.operation(parent, lambda: endpoint.update(body["endpoint"]), lambda: endpoint)


def delete_endpoint(parent, id, **_):
    if known(CLOUD.endpoints, id, "endpoint")["deployedModels"]:
        raise Refused(400, f"endpoint {id} has deployed models")
    return CLOUD.operation(parent, lambda: CLOUD.endpoints.pop(id, None), dict)


def deploy_model(parent, id, body, **_):
    known(CLOUD.endpoints, id, "endpoint")
    model = body["deployedModel"]
    own = model.get("dedicatedResources", {})
    if own and own.get("minReplicaCount", 1) > own.get("maxReplicaCount", 1):
        raise Refused(400, "the least number of replicas is more than the most")
    CLOUD.version(*model["model"].rpartition("/")[2].partition("@")[::2])
    return CLOUD.operation(parent, lambda: CLOUD.deploy(id, model), lambda: {"deployedModel": model})


def undeploy_model(parent, id, body, **_):
    endpoint, gone = known(CLOUD.endpoints, id, "endpoint"), body["deployedModelId"]
    if endpoint.get("trafficSplit", {}).get(gone):
        raise Refused(400, f"the deployed model {gone} gets calls")
    if gone == "77":
        CLOUD.noticed.append("somebody else's model was undeployed")

    def done():
        endpoint["deployedModels"] = [model for model in endpoint["deployedModels"] if model["id"] != gone]

    return CLOUD.operation(parent, done, dict)


def mutate_model(parent, id, body, **_):
    endpoint, wanted = known(CLOUD.endpoints, id, "endpoint"), body["deployedModel"]
    live = next((m for m in endpoint["deployedModels"] if m["id"] == wanted["id"]), None)
    if live is None:
        raise Refused(404, "no such deployed model")

    def done():
        for path in body["updateMask"].split(","):
            *steps, last = path.split(".")
            source, place = wanted, live
            for step in steps:
                source, place = source.get(step, {}), place.setdefault(step, {})
            if last in source:
                place[last] = source[last]
            else:
                place.pop(last, None)

    return CLOUD.operation(parent, done, lambda: {"deployedModel": live})


def upload_model(parent, body, **_):
    id = body.get("modelId") or body["parentModel"].rpartition("/")[2]
    if "modelId" in body and id in CLOUD.models:
        raise Refused(409, f"model {id} is there")
    if "parentModel" in body and id not in CLOUD.models:
        raise Refused(404, f"no model {id}")

    def done():
        versions = CLOUD.models.setdefault(id, [])
        for version in versions:
            version["versionAliases"] = [a for a in version["versionAliases"] if a not in body["model"]["versionAliases"]]
        number = str(max([0, *(int(version["versionId"]) for version in versions)]) + 1)
        versions.append(dict(body["model"], name=f"{parent}/models/{id}", versionId=number))

    return CLOUD.operation(parent, done, lambda: {"model": f"{parent}/models/{id}", "modelVersionId": CLOUD.models[id][-1]["versionId"]})


def get_model(parent, id, **_):
    name, _, alias = id.partition("@")
    return CLOUD.version(name, alias)


def patch_model(parent, id, query, body, **_):
    name, _, alias = id.partition("@")
    version = CLOUD.version(name, alias)
    version.update({field: body[field] for field in query["updateMask"].split(",") if field in body})
    return version


def delete_model(parent, id, **_):
    known(CLOUD.models, id, "model")
    if CLOUD.in_use(id):
        raise Refused(400, f"model {id} is deployed")
    return CLOUD.operation(parent, lambda: CLOUD.models.pop(id, None), dict)


def delete_version(parent, id, **_):
    name, _, alias = id.partition("@")
    version = CLOUD.version(name, alias)
    if len(CLOUD.models[name]) == 1 or "default" in version["versionAliases"] or CLOUD.in_use(name, version["versionId"]):
        raise Refused(400, "the only or default version, or one that is deployed, can't be deleted")
    return CLOUD.operation(parent, lambda: CLOUD.models[name].remove(version), dict)


def merge_aliases(parent, id, body, **_):
    name, _, alias = id.partition("@")
    version = CLOUD.version(name, alias)
    for other in CLOUD.models[name]:
        other["versionAliases"] = [a for a in other["versionAliases"] if a not in body["versionAliases"]]
    version["versionAliases"] += body["versionAliases"]
    return version


def create_pool(parent, body, **_):
    id = body["deploymentResourcePoolId"]
    if id in CLOUD.pools:
        raise Refused(409, f"pool {id} is there")
    pool = dict(body["deploymentResourcePool"], name=f"{parent}/deploymentResourcePools/{id}")
    return CLOUD.operation(parent, lambda: CLOUD.pools.setdefault(id, pool), lambda: pool)


def patch_pool(parent, id, query, body, **_):
    pool = known(CLOUD.pools, id, "pool")
    for path in query["updateMask"].split(","):
        field = path.rpartition(".")[2]
        pool["dedicatedResources"][field] = body["dedicatedResources"].get(field)
    return CLOUD.operation(parent, lambda: None, lambda: pool)


def delete_pool(parent, id, **_):
    known(CLOUD.pools, id, "pool")
    deployed = [m for e in CLOUD.endpoints.values() for m in e["deployedModels"]]
    if any(m.get("sharedResources", "").endswith("/" + id) for m in deployed):
        raise Refused(400, f"pool {id} is in use")
    return CLOUD.operation(parent, lambda: CLOUD.pools.pop(id, None), dict)


def create_job(parent, body, **_):
    CLOUD.version(*body["model"].rpartition("/")[2].partition("@")[::2])
    name = f"{parent}/batchPredictionJobs/{CLOUD.number()}"
    CLOUD.jobs[name] = dict(body, name=name, state="JOB_STATE_PENDING")
    return CLOUD.jobs[name]


def delete_job(parent, id, **_):
    name = f"{parent}/batchPredictionJobs/{id}"
    known(CLOUD.jobs, name, "job")
    return CLOUD.operation(parent, lambda: CLOUD.jobs.pop(name, None), dict)


def put_queue(project, kind, id, body, **_):
    name = f"projects/{project}/{kind}/{id}"
    if name in CLOUD.queues:
        raise Refused(409, f"{name} is there")
    if kind == "subscriptions":
        known(CLOUD.queues, body["topic"], "topic")
    CLOUD.queues[name] = dict(body, name=name)
    return CLOUD.queues[name]


def patch_queue(project, kind, id, body, **_):
    live = known(CLOUD.queues, f"projects/{project}/{kind}/{id}", "queue")
    wanted = body["topic" if kind == "topics" else "subscription"]
    live.update({field: wanted.get(field) for field in body["updateMask"].split(",")})
    return live


def delete_queue(project, kind, id, **_):
    known(CLOUD.queues, f"projects/{project}/{kind}/{id}", "queue")
    del CLOUD.queues[f"projects/{project}/{kind}/{id}"]
    return {}


def list_queues(project, kind, query, **_):
    return paged([live for name, live in CLOUD.queues.items() if f"/{kind}/" in name], query, kind)


def create_bucket(query, body, **_):
    if body["name"] in CLOUD.buckets:
        raise Refused(409, "the bucket is there")
    CLOUD.buckets[body["name"]] = body
    return body


def upload_object(bucket, query, raw, **_):
    if CLOUD.buckets and bucket not in CLOUD.buckets and bucket.startswith("servec-"):
        raise Refused(404, f"no bucket {bucket}")
    key = (bucket, query["name"])
    if query.get("ifGenerationMatch") == "0" and f"{key}" in CLOUD.objects:
        raise Refused(412, "the object is there")
    live = {"bucket": bucket, "name": query["name"], "size": str(len(raw))}
    if "kmsKeyName" in query:
        live["kmsKeyName"] = query["kmsKeyName"] + "/cryptoKeyVersions/1"
    CLOUD.objects[f"{key}"] = dict(live, raw=raw)
    return live


def get_object(bucket, name, query, **_):
    live = known(CLOUD.objects, f"{(bucket, name)}", "object")
    return json.loads(live["raw"]) if query.get("alt") == "media" else {k: v for k, v in live.items() if k != "raw"}


def delete_object(bucket, name, **_):
    known(CLOUD.objects, f"{(bucket, name)}", "object")
    del CLOUD.objects[f"{(bucket, name)}"]
    return {}


def list_objects(bucket, query, **_):
    mine = [live for live in CLOUD.objects.values() if live["bucket"] == bucket and live["name"].startswith(query.get("prefix", ""))]
    return paged([{k: v for k, v in live.items() if k != "raw"} for live in mine], query, "items")


P = r"/v1(?:beta1)?/(projects/[^/]+/locations/[^/]+)"
Q = r"/v1/projects/([^/]+)/(topics|subscriptions)"
ROUTES = [
    (rf"^GET /v1(?:beta1)?/(projects/.*/operations/[^/]+)$", lambda name, **_: CLOUD.poll(name)),
    (rf"^POST {P}/endpoints$", create_endpoint),
    (rf"^GET {P}/endpoints$", lambda parent, query, **_: paged(list(CLOUD.endpoints.values()), query, "endpoints")),
    (rf"^GET {P}/endpoints/([^/:]+)$", lambda parent, id, **_: known(CLOUD.endpoints, id, "endpoint")),
    (rf"^PATCH {P}/endpoints/([^/:]+)$", patch_endpoint),
    (rf"^DELETE {P}/endpoints/([^/:]+)$", delete_endpoint),
    (rf"^POST {P}/endpoints/([^/:]+):update$", update_endpoint),
    (rf"^POST {P}/endpoints/([^/:]+):deployModel$", deploy_model),
    (rf"^POST {P}/endpoints/([^/:]+):undeployModel$", undeploy_model),
    (rf"^POST {P}/endpoints/([^/:]+):mutateDeployedModel$", mutate_model),
    (rf"^POST {P}/models:upload$", upload_model),
    (rf"^GET {P}/models$", lambda parent, query, **_: paged([v[-1] for v in CLOUD.models.values() if v], query, "models")),
    (rf"^GET {P}/models/([^/:]+):listVersions$", lambda parent, id, query, **_: paged(known(CLOUD.models, id, "model"), query, "models")),
    (rf"^GET {P}/models/([^/:]+)$", get_model),
    (rf"^PATCH {P}/models/([^/:]+)$", patch_model),
    (rf"^DELETE {P}/models/([^/:]+):deleteVersion$", delete_version),
    (rf"^POST {P}/models/([^/:]+):mergeVersionAliases$", merge_aliases),
    (rf"^DELETE {P}/models/([^/:@]+)$", delete_model),
    (rf"^POST {P}/deploymentResourcePools$", create_pool),
    (rf"^GET {P}/deploymentResourcePools$", lambda parent, query, **_: paged(list(CLOUD.pools.values()), query, "deploymentResourcePools")),
    (rf"^GET {P}/deploymentResourcePools/([^/:]+)$", lambda parent, id, **_: known(CLOUD.pools, id, "pool")),
    (rf"^PATCH {P}/deploymentResourcePools/([^/:]+)$", patch_pool),
    (rf"^DELETE {P}/deploymentResourcePools/([^/:]+)$", delete_pool),
    (rf"^POST {P}/batchPredictionJobs$", create_job),
    (rf"^GET {P}/batchPredictionJobs$", lambda parent, query, **_: paged(list(CLOUD.jobs.values()), query, "batchPredictionJobs")),
    (rf"^DELETE {P}/batchPredictionJobs/([^/:]+)$", delete_job),
    (rf"^PUT {Q}/([^/]+)$", put_queue),
    (rf"^PATCH {Q}/([^/]+)$", patch_queue),
    (rf"^DELETE {Q}/([^/]+)$", delete_queue),
    (rf"^GET {Q}$", list_queues),
    (rf"^GET {Q}/([^/]+)$", lambda project, kind, id, **_: known(CLOUD.queues, f"projects/{project}/{kind}/{id}", kind)),
    (r"^POST /storage/v1/b$", create_bucket),
    (r"^POST /upload/storage/v1/b/([^/]+)/o$", upload_object),
    (r"^GET /storage/v1/b/([^/]+)/o$", list_objects),
    (r"^GET /storage/v1/b/([^/]+)/o/([^/]+)$", get_object),
    (r"^DELETE /storage/v1/b/([^/]+)/o/([^/]+)$", delete_object),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_json = self.headers.get("Content-Type", "").startswith("application/json") and not url.path.startswith(("/upload/", "/predict/"))
        with CLOUD.lock:
            status, answer = self.answered(url, raw, json.loads(raw) if raw and is_json else None)
        if status is None:
            self.close_connection = True
            return
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answered(self, url, raw, body):
        CLOUD.fault = None
        changing = self.command != "GET" and url.path != "/_control" and "/prometheus/" not in url.path
        if changing:
            CLOUD.changes += 1
            if CLOUD.fail:
                CLOUD.fail[0] -= 1
                if CLOUD.fail[0] == 0:
                    CLOUD.fault = CLOUD.fail[1]
        if isinstance(CLOUD.fault, int):
            return CLOUD.fault, {"error": {"code": CLOUD.fault, "message": "injected", "status": "INJECTED"}}
        try:
            answer = serve(self.command, url.path, dict(parse_qsl(url.query)), body, raw)
        except Refused as refused:
            if refused.status in (400, 405, 501) and refused.violations or refused.status in (405, 501):
                CLOUD.noticed.append(f"{self.command} {self.path}: {refused.message} {list(refused.violations)}")
            violations = [{"field": line.split(":")[0], "description": line} for line in refused.violations]
            details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
            return refused.status, {"error": {"code": refused.status, "message": refused.message, "details": details if violations else []}}
        # Done, and never answered.
        return (None, None) if CLOUD.fault == "break" else (200, answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


def main():
    global HOST
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    HOST = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening {server.server_port}", flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
