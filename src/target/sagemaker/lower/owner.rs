//! Whose a model is: an endpoint or a job, with what its containers are given.

use std::time::Duration;

use crate::capability::Limit;
use crate::source::Span;
use crate::stack::{Endpoint, Job, ModeKind};

use super::super::super::Target as _;
use super::super::SageMaker;
use super::super::cfn::Text;
use super::cx::Cx;
use super::made::Made;
use super::names::At;
use super::read::{self, Network};
use super::role::Uses;

pub struct Owner<'a> {
    pub name: &'a str,
    pub mode: ModeKind,
    pub timeout: Option<Duration>,
    /// Whether the timeout is written, and where; else where the mode is.
    pub timeout_at: Option<Span>,
    pub mode_at: Span,
    pub network: Network,
    pub role: Text,
    pub role_at: Option<Span>,
    /// The role that the stack makes, where none is named.
    pub makes_role: Option<At>,
    pub span: Span,
    pub uses: Uses,
}

impl<'a> Owner<'a> {
    pub fn endpoint(endpoint: &'a Endpoint, made: &Made) -> Self {
        let mode = &endpoint.mode;
        let timeout = mode.value.timeout();
        let mut owner = Self::plain(&endpoint.name, mode.value.kind(), mode.span, endpoint.span, made);
        owner.timeout = timeout.map(|timeout| timeout.value);
        owner.timeout_at = timeout.map(|timeout| timeout.span).filter(|span| *span != mode.span);
        owner.network = read::network(endpoint);
        owner.uses.network = owner.network.vpc.is_some();
        owner.uses.key = read::key(endpoint).map(|(key, _)| key);
        if let Some((role, span)) = read::role(endpoint) {
            owner.role = arn_of(&role);
            owner.role_at = Some(span);
            owner.makes_role = None;
        }
        owner
    }

    pub fn job(job: &'a Job, made: &Made) -> Self {
        Self::plain(&job.name, ModeKind::Batch, job.mode.span, job.span, made)
    }

    fn plain(name: &'a str, mode: ModeKind, mode_at: Span, span: Span, made: &Made) -> Self {
        let at = At::new("role", &[name]);
        let role = Text::Att(made.names.logical(&at), "Arn");
        let (network, uses) = (Network::default(), Uses::default());
        let (timeout, timeout_at, role_at) = (None, None, None);
        Self { name, mode, timeout, timeout_at, mode_at, network, role, role_at, makes_role: Some(at), span, uses }
    }

    /// Whether the mode takes model files as one `.tar.gz` alone.
    pub fn takes_archives_only(&self) -> bool {
        matches!(self.mode, ModeKind::Serverless | ModeKind::Batch)
    }

    /// The largest request that the platform hands on, in bytes.
    pub fn max_request_bytes(&self, cx: &Cx) -> u64 {
        let table = SageMaker.table();
        let bound = table.of(self.mode, cx.stack).and_then(|column| table.bound(Limit::RequestBytes, column));
        bound.and_then(|bound| bound.max).map_or(u64::MAX, |max| max as u64)
    }
}

/// A role by its name or its ARN.
fn arn_of(role: &str) -> Text {
    if role.starts_with("arn:") {
        return Text::plain(role);
    }
    Text::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/").then(role)
}
