//! As whom pods run.

use crate::resource::Address;

use super::super::api::{Map, service_account};
use super::Ctx;
use super::made::{From, Made};
use super::served::Served;

/// The name of a workload's ServiceAccount, and its address where the stack makes it. A `role` is one of the cloud that
/// the account acts as, where the cloud is known; else it names an account that is there.
pub fn of(ctx: &Ctx, served: &Served, made: &mut Made) -> (String, Option<Address>) {
    let annotation = &ctx.settings.cloud.identity_annotation;
    match (served.role(), annotation) {
        (Some(role), None) => (role.to_owned(), None),
        (role, annotation) => {
            let name = ctx.name(&[served.of]);
            let labels = Map::from([("app.kubernetes.io/name".to_owned(), super::super::name::name(&[served.of], 63))]);
            let mut metadata = ctx.metadata(name.clone(), &labels);
            if let (Some(role), Some(annotation)) = (role, annotation) {
                metadata.annotations.insert(annotation.clone(), role.to_owned());
            }
            let from = From::new(served.origin).at("/metadata/annotations", served.identity.map(|value| value.span));
            let address = made.put(&service_account(metadata), from);
            (name, Some(address))
        }
    }
}
