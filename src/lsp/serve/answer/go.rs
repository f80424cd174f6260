//! Going somewhere: definitions, references, links, calls.

use lsp_types::*;
use serde_json::json;

use crate::lsp::analysis::Shared;
use crate::lsp::links::{To, links};
use crate::lsp::{Analysis, At, calls, navigate};
use crate::names::DeclarationId;
use crate::source::Span;

use super::super::session::{Session, parsed};
use super::Answer;
use super::outline::symbol_kind;

pub fn definition(session: &Session, params: GotoDefinitionParams) -> Answer<Option<GotoDefinitionResponse>> {
    Ok(locations(session, params.text_document_position_params.position, navigate::definition))
}

pub fn type_definition(session: &Session, params: GotoDefinitionParams) -> Answer<Option<GotoDefinitionResponse>> {
    Ok(locations(session, params.text_document_position_params.position, navigate::type_definition))
}

fn locations(session: &Session, at: Position, find: fn(At) -> Vec<Span>) -> Option<GotoDefinitionResponse> {
    let found = find(session.at(at)?);
    let all: Vec<Location> = found.into_iter().filter_map(|span| session.location(span)).collect();
    (!all.is_empty()).then_some(GotoDefinitionResponse::Array(all))
}

/// Over every program that has the file: what one declares, several may use.
pub fn references(session: &Session, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let position = params.text_document_position.position;
    let mut all: Vec<Location> = Vec::new();
    for program in session.program.iter().chain(&session.all) {
        let Some(at) = place(session, program, position) else { continue };
        for span in navigate::references(at, params.context.include_declaration) {
            all.extend(session.places.location(program, span).filter(|l| !all.contains(l)));
        }
    }
    Ok(Some(all))
}

/// A position of the session's text in some program.
pub fn place<'p>(session: &Session, program: &'p Analysis, position: Position) -> Option<At<'p>> {
    let (id, _) = program.unit_at(&session.path)?;
    let at = program.at(id, 0)?;
    Some(At { offset: session.places.encoding.offset(at.source, position), ..at })
}

pub fn highlight(session: &Session, params: DocumentHighlightParams) -> Answer<Option<Vec<DocumentHighlight>>> {
    let Some(at) = session.at(params.text_document_position_params.position) else { return Ok(None) };
    let all = navigate::highlight(at).into_iter().filter_map(|(span, declares)| {
        let kind = if declares { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        Some(DocumentHighlight { range: session.places.range(at.analysis, span)?, kind: Some(kind) })
    });
    Ok(Some(all.collect()))
}

pub fn document_links(session: &Session, _: DocumentLinkParams) -> Answer<Option<Vec<DocumentLink>>> {
    let Some(at) = session.at(Position::default()) else { return Ok(None) };
    let all = links(at).into_iter().filter_map(|link| {
        let target = match link.to {
            To::File(path) => session.places.uri_of(&path),
            To::Library(part) => session.places.uri(at.analysis, camino::Utf8Path::new(&format!("{part}.serve"))),
            To::Address(uri) => parsed(&uri),
        };
        let range = session.places.range(at.analysis, link.span)?;
        Some(DocumentLink { range, target: Some(target?), tooltip: None, data: None })
    });
    Ok(Some(all.collect()))
}

pub fn prepare_calls(session: &Session, params: CallHierarchyPrepareParams) -> Answer<Option<Vec<CallHierarchyItem>>> {
    let Some(at) = session.at(params.text_document_position_params.position) else { return Ok(None) };
    Ok(calls::prepare(at).and_then(|caller| item(session, at.analysis, &caller)).map(|item| vec![item]))
}

pub fn incoming(
    session: &Session,
    params: CallHierarchyIncomingCallsParams,
) -> Answer<Option<Vec<CallHierarchyIncomingCall>>> {
    let Some((program, id)) = of_item(session, &params.item) else { return Ok(None) };
    let all = calls::incoming(program, id).into_iter().filter_map(|(caller, spans)| {
        let from = item(session, program, &caller)?;
        Some(CallHierarchyIncomingCall { from, from_ranges: ranges(session, program, &spans) })
    });
    Ok(Some(all.collect()))
}

pub fn outgoing(
    session: &Session,
    params: CallHierarchyOutgoingCallsParams,
) -> Answer<Option<Vec<CallHierarchyOutgoingCall>>> {
    let Some((program, id)) = of_item(session, &params.item) else { return Ok(None) };
    let all = calls::outgoing(program, id).into_iter().filter_map(|(caller, spans)| {
        let to = item(session, program, &caller)?;
        Some(CallHierarchyOutgoingCall { to, from_ranges: ranges(session, program, &spans) })
    });
    Ok(Some(all.collect()))
}

fn ranges(session: &Session, program: &Analysis, spans: &[Span]) -> Vec<Range> {
    spans.iter().filter_map(|span| session.places.range(program, *span)).collect()
}

fn item(session: &Session, program: &Analysis, caller: &calls::Caller) -> Option<CallHierarchyItem> {
    let whole = session.places.location(program, caller.whole)?;
    Some(CallHierarchyItem {
        name: caller.name.clone(),
        kind: symbol_kind(caller.word),
        tags: None,
        detail: Some(caller.word.to_owned()),
        uri: whole.uri,
        range: whole.range,
        selection_range: session.places.range(program, caller.name_at)?,
        data: Some(json!({ "name": caller.name })),
    })
}

/// The declaration that an item is of: by its place, in the program that the client asked before.
fn of_item<'s>(session: &'s Session, item: &CallHierarchyItem) -> Option<(&'s Shared, DeclarationId)> {
    let program = session.program.as_ref()?;
    let found = program.compiled.names.declarations().find(|(_, d)| {
        *d.name.value == *item.name
            && session
                .places
                .location(program, d.name.span)
                .is_some_and(|l| l.uri == item.uri && l.range.start == item.selection_range.start)
    });
    found.map(|(id, _)| (program, id))
}
