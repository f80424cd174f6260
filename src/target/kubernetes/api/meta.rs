//! Names, labels, and the kinds that have no `spec`.

use serde::Serialize;

use super::{Map, Object, shapes};

shapes! {
    Metadata {
        name: String,
        namespace: Option<String>,
        labels: Map,
        annotations: Map,
    }

    /// Of what a controller makes: it gets no name here.
    TemplateMetadata {
        labels: Map,
        annotations: Map,
    }

    Selector {
        match_labels: Map,
    }
}

/// The own part of a ConfigMap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Data {
    pub data: Map,
}

/// The own part of a ServiceAccount.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub automount_service_account_token: bool,
}

pub fn config_map(metadata: Metadata, data: Map) -> Object<Data> {
    Object { api_version: "v1", kind: "ConfigMap", metadata, body: Data { data } }
}

/// No token of the cluster's own API: what serves models calls none.
pub fn service_account(metadata: Metadata) -> Object<Account> {
    let body = Account { automount_service_account_token: false };
    Object { api_version: "v1", kind: "ServiceAccount", metadata, body }
}
