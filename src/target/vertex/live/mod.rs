//! The live half: what a stack owns is found again by labels and by ids that follow from names, never by a file; each
//! call is the one that the plan's document shows.

mod access;
mod act;
mod change;
mod fail;
mod http;
mod lock;
mod observe;
mod operation;
mod roll;
mod there;
mod token;

use crate::resource::{Observed, Resource};
use crate::target::{Action, BoxFuture, Failure, Guard, Live, Place, Progress};

use super::settings::Site;
use http::Client;

/// One stack on the platform.
#[derive(Debug)]
pub struct Reach {
    site: Site,
    stack: String,
    command: String,
    client: Client,
}

impl Reach {
    /// A stack's live half. Touches nothing yet.
    ///
    /// # Errors
    /// When this build can't speak to the platform.
    pub fn new(place: &Place) -> Result<Self, Failure> {
        let text = |name: &str| place.settings.get(name).cloned();
        let truth = |name: &str| place.settings.get(name).map(|value| value == "true");
        let site = Site::read(text, truth);
        let client = Client::new(&site.at)?;
        Ok(Self { site, stack: place.stack.clone(), command: place.command.clone(), client })
    }
}

impl Live for Reach {
    fn observe<'a>(&'a self) -> BoxFuture<'a, Result<Observed, Failure>> {
        Box::pin(observe::observe(self))
    }

    fn lock<'a>(&'a self) -> BoxFuture<'a, Result<Box<dyn Guard>, Failure>> {
        Box::pin(async move { Ok(Box::new(lock::take(self).await?) as Box<dyn Guard>) })
    }

    fn act<'a>(&'a self, action: &'a Action, progress: &'a dyn Progress) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            match action {
                Action::Create(resource) => act::create(self, resource, progress).await,
                Action::Update { resource, before } => change::update(self, resource, before, progress).await,
                Action::Delete { address, before } => act::delete(self, address, before, progress).await,
            }
        })
    }

    fn verify<'a>(&'a self, resource: &'a Resource) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            match there::there(self, resource).await? {
                true => Ok(()),
                false => Err(fail::not_as_asked(&resource.address)),
            }
        })
    }
}
