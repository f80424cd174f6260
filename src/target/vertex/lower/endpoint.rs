//! Endpoints: the address, then what is deployed behind it, then who gets which calls.

use crate::resource::Address;
use crate::stack::{Endpoint, Mode};

use super::super::super::spec::Places;
use super::super::settings::Kind;
use super::super::wire::{self, BigQuery, Connection, Encryption, Logging, NewEndpoint, PrivateService, seconds};
use super::{Lowering, Made, deployment, encryption, kind, pool, queue, traffic};

pub fn lower(endpoint: &Endpoint, all: &mut Lowering) {
    if pool::shares_machines(endpoint, all.stack) {
        return pool::lower(endpoint, all);
    }
    let key = encryption(endpoint.encrypt.as_ref()).map(|(key, _)| key);
    let address = address(&endpoint.name, endpoint, key.as_ref(), all);
    let queue = queue::of(endpoint, key.as_ref(), all);
    let deployed = deployment::of_variants(endpoint, &address, key.as_ref(), queue.as_ref(), all);
    traffic::of(&endpoint.name, endpoint, &address, &deployed, all);
}

/// Where it is called, under a name of its own.
pub fn address(name: &str, endpoint: &Endpoint, key: Option<&Encryption>, all: &mut Lowering) -> Address {
    let mut places = Places::default();
    all.label_places("/endpoint/labels", &mut places);
    if let Some(capture) = &endpoint.capture {
        places.put("/endpoint/predictRequestResponseLoggingConfig", capture.span);
    }
    if let Some((_, span)) = encryption(endpoint.encrypt.as_ref()) {
        places.put("/endpoint/encryptionSpec", span);
    }
    if let Some(kind) = all.stack.settings.get("endpoint") {
        places.put("/endpoint/dedicatedEndpointEnabled", kind.span);
        places.put("/endpoint/privateServiceConnectConfig", kind.span);
    }
    places.put("/endpoint/clientConnectionConfig", endpoint.mode.span);
    let body = NewEndpoint {
        endpoint_id: all.id(name),
        endpoint: wire::Endpoint {
            display_name: name.to_owned(),
            labels: all.labels(),
            dedicated_endpoint_enabled: (all.site.kind == Kind::Dedicated).then_some(true),
            private_service_connect_config: (all.site.kind == Kind::Private).then(|| PrivateService {
                enable_private_service_connect: true,
                project_allowlist: vec![all.site.at.project.clone()],
            }),
            client_connection_config: connection(&endpoint.mode.value, all),
            predict_request_response_logging_config: logging(endpoint, all),
            encryption_spec: key.cloned(),
        },
    };
    let address = Address::new(kind::ENDPOINT, name);
    let origin = endpoint.span;
    all.put(Made { address: address.clone(), kind: kind::ENDPOINT, body: &body, needs: vec![], origin, places });
    address
}

/// How long a call may take: a shared endpoint has a time of its own, and calls that wait in a queue come another way.
fn connection(mode: &Mode, all: &Lowering) -> Option<Connection> {
    let timeout = match mode {
        Mode::Realtime { timeout } | Mode::Streaming { timeout } => timeout,
        Mode::Async { .. } | Mode::Serverless { .. } | Mode::Batch { .. } => return None,
    };
    (all.site.kind != Kind::Shared).then(|| Connection { inference_timeout: seconds(timeout.value) })
}

fn logging(endpoint: &Endpoint, all: &Lowering) -> Option<Logging> {
    let capture = endpoint.capture.as_ref()?;
    let table = capture.value.output.as_deref().filter(|output| output.starts_with("bq://"));
    Some(Logging {
        enabled: true,
        sampling_rate: capture.value.sample,
        bigquery_destination: BigQuery {
            // With a project alone, the platform makes a data set and a table there.
            output_uri: table.map_or_else(|| format!("bq://{}", all.site.at.project), str::to_owned),
        },
    })
}
