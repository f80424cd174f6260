//! The plan as a shell script of `curl` calls: to be read, and to be run where servec may not.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::resource::Desired;

use super::super::calls::{Body, Call, Service, Waits};
use super::super::settings::Where;

/// What every script begins with, behind the hosts.
const FUNCTIONS: &str = r#"
say() { printf '%s\n' "$*" >&2; }

# send METHOD URL ACCEPTED [ARGUMENTS OF CURL]: one call; its answer is in ANSWER. A status of ACCEPTED is as good as 2xx.
send() {
  local method=$1 url=$2 accepted=$3 answer status
  shift 3
  answer=$(curl --silent --show-error --request "$method" --header "Authorization: Bearer $TOKEN" \
    --write-out '\n%{http_code}' "$@" "$url")
  status=${answer##*$'\n'}
  ANSWER=${answer%$'\n'*}
  case " 200 201 204 $accepted " in
  *" $status "*) ;;
  *)
    say "$method $url answered $status: $ANSWER"
    exit 1
    ;;
  esac
}

# over: waits until the operation that was answered has ended.
over() {
  local name
  name=$(jq --raw-output .name <<<"$ANSWER")
  while [ "$(jq --raw-output '.done // false' <<<"$ANSWER")" != true ]; do
    sleep "${PAUSE:-10}"
    send GET "$AIPLATFORM/v1/$name" ''
  done
  if jq --exit-status .error <<<"$ANSWER" >/dev/null; then
    say "the operation $name failed: $(jq --compact-output .error <<<"$ANSWER")"
    exit 1
  fi
}

# taken POINTER: what the server gave.
taken() { jq --raw-output "$1 // empty" <<<"$ANSWER"; }
"#;

/// Of calls that are in order.
pub fn of(desired: &Desired, at: &Where, calls: &[(Call, Vec<String>)]) -> String {
    let mut out = String::from("#!/usr/bin/env bash\n");
    let name = format!("{}/{}", desired.target, desired.stack);
    line(
        &mut out,
        &format!("# What stack {name} is made of, as calls. Written by servec: it makes the stack from nothing, and"),
    );
    line(
        &mut out,
        "# knows nothing of what is there; `servec plan` and `servec apply` do. Needs curl, jq and gcloud; run it from",
    );
    line(&mut out, "# the folder that servec was called in, since files are uploaded from there.");
    line(&mut out, "set -euo pipefail");
    for service in Service::OF_PLANS {
        let _ = writeln!(out, ": \"${{{}:={}}}\"", variable(service), service.host(at));
    }
    line(&mut out, ": \"${TOKEN:=$(gcloud auth print-access-token)}\"");
    for secret in secrets(calls) {
        let _ = writeln!(out, ": \"${{{}:?the value of the secret parameter}}\"", of_secret(&secret));
    }
    out.push_str(FUNCTIONS);
    for (call, _) in calls {
        out.push('\n');
        one(call, &mut out);
    }
    out
}

fn one(call: &Call, out: &mut String) {
    let request = &call.request;
    let _ = writeln!(out, "say {}", quoted(&call.does));
    let accepted: Vec<String> = call.accepts.iter().map(ToString::to_string).collect();
    let url = format!("\"${{{}}}{}\"", variable(request.service), request.target());
    let send = format!("send {} {url} {}", request.method.word(), quoted(&accepted.join(" ")));
    match &request.body {
        Body::None => line(out, &send),
        Body::Json(body) => {
            let (filter, arguments) = filled(call);
            if filter.is_empty() {
                let _ = writeln!(out, "{send} --header 'Content-Type: application/json' --data-binary @- <<'JSON'");
                let _ = writeln!(out, "{body:#}\nJSON");
            } else {
                let _ = writeln!(out, "body=$(");
                let _ = writeln!(out, "  jq {arguments}{} <<'JSON'\n{body:#}\nJSON\n)", quoted(&filter));
                let _ = writeln!(out, "{send} --header 'Content-Type: application/json' --data-binary @- <<<\"$body\"");
            }
        }
        Body::Text { text, content_type } => {
            let header = quoted(&format!("Content-Type: {content_type}"));
            let _ = writeln!(out, "{send} --header {header} --data-binary @- <<'JSON'\n{}\nJSON", text.trim_end());
        }
        Body::File { source, content_type, .. } => {
            let header = quoted(&format!("Content-Type: {content_type}"));
            let file = quoted(&format!("@{source}"));
            line(out, &format!("{send} --header {header} --data-binary {file}"));
        }
    }
    if call.waits == Waits::Operation {
        line(out, "over");
    }
    for take in &call.takes {
        let what = take.name.rsplit('/').next().unwrap_or(&take.name);
        let _ = writeln!(out, "say \"  {what}: $(taken {})\"", quoted(&take.from.replace('/', ".")));
    }
}

/// A filter of jq that puts secrets in, and the arguments that it takes.
fn filled(call: &Call) -> (String, String) {
    let (mut filters, mut arguments) = (vec![], String::new());
    for (i, fill) in call.fills.iter().enumerate() {
        let path: Vec<Json> =
            fill.at.split('/').skip(1).map(|step| step.parse::<u32>().map_or(step.into(), Json::from)).collect();
        filters.push(format!("setpath({}; $v{i})", Json::Array(path)));
        let secret = fill.with.strip_prefix("secret.").unwrap_or(&fill.with);
        let _ = write!(arguments, "--arg v{i} \"${}\" ", of_secret(secret));
    }
    (filters.join(" | "), arguments)
}

fn secrets(calls: &[(Call, Vec<String>)]) -> std::collections::BTreeSet<String> {
    let fills = calls.iter().flat_map(|(call, _)| &call.fills);
    fills.filter_map(|fill| fill.with.strip_prefix("secret.").map(str::to_owned)).collect()
}

fn of_secret(parameter: &str) -> String {
    format!("SECRET_{parameter}")
}

fn variable(service: Service) -> &'static str {
    match service {
        Service::Aiplatform => "AIPLATFORM",
        Service::Storage => "STORAGE",
        Service::Pubsub => "PUBSUB",
        Service::Monitoring => "MONITORING",
    }
}

/// In single quotes, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
