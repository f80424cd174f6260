//! Symbols, folding and selection ranges.

use lsp_types::*;

use crate::lsp::folding::{Fold, folds};
use crate::lsp::selection::selection;
use crate::lsp::symbols::{Outline, outline, search};

use super::super::session::Session;
use super::Answer;

pub fn document_symbols(session: &Session, _: DocumentSymbolParams) -> Answer<Option<DocumentSymbolResponse>> {
    let Some(at) = session.at(Position::default()) else { return Ok(None) };
    let all = outline(at.unit, &|span| at.analysis.text(span).to_owned());
    if session.can.hierarchical_symbols {
        let nested = all.into_iter().filter_map(|o| nested(session, at.analysis, o));
        return Ok(Some(DocumentSymbolResponse::Nested(nested.collect())));
    }
    let flat = all.iter().filter_map(|o| flat(session, at.analysis, o));
    Ok(Some(DocumentSymbolResponse::Flat(flat.collect())))
}

pub fn workspace_symbols(session: &Session, params: WorkspaceSymbolParams) -> Answer<Option<WorkspaceSymbolResponse>> {
    let mut all: Vec<SymbolInformation> = Vec::new();
    for program in &session.all {
        let found = search(program, &params.query);
        all.extend(found.iter().filter_map(|(_, o)| flat(session, program, o)));
    }
    let mut seen: Vec<Location> = Vec::new();
    all.retain(|symbol| {
        let first = !seen.contains(&symbol.location);
        seen.push(symbol.location.clone());
        first
    });
    Ok(Some(WorkspaceSymbolResponse::Flat(all)))
}

#[allow(deprecated, reason = "the type has a field that is")]
fn nested(session: &Session, program: &crate::lsp::Analysis, o: Outline) -> Option<DocumentSymbol> {
    let inner: Vec<DocumentSymbol> = o.inner.into_iter().filter_map(|o| nested(session, program, o)).collect();
    Some(DocumentSymbol {
        name: o.name,
        detail: Some(o.detail).filter(|d| !d.is_empty()),
        kind: symbol_kind(o.word),
        tags: None,
        deprecated: None,
        range: session.places.range(program, o.whole)?,
        selection_range: session.places.range(program, o.name_at)?,
        children: (!inner.is_empty()).then_some(inner),
    })
}

#[allow(deprecated, reason = "the type has a field that is")]
fn flat(session: &Session, program: &crate::lsp::Analysis, o: &Outline) -> Option<SymbolInformation> {
    Some(SymbolInformation {
        name: o.name.clone(),
        kind: symbol_kind(o.word),
        tags: None,
        deprecated: None,
        location: session.places.location(program, o.name_at)?,
        container_name: Some(o.word.to_owned()),
    })
}

/// What the protocol has that is nearest to a word of the language.
pub fn symbol_kind(word: &str) -> SymbolKind {
    match word {
        "model" | "pool" => SymbolKind::CLASS,
        "transform" | "pipeline" => SymbolKind::FUNCTION,
        "endpoint" | "job" => SymbolKind::INTERFACE,
        "stack" => SymbolKind::MODULE,
        "policy" => SymbolKind::EVENT,
        "param" => SymbolKind::TYPE_PARAMETER,
        "let" => SymbolKind::CONSTANT,
        "input" | "output" => SymbolKind::PROPERTY,
        "value" | "deploy" => SymbolKind::VARIABLE,
        "block" => SymbolKind::OBJECT,
        _ => SymbolKind::FIELD,
    }
}

pub fn folding(session: &Session, _: FoldingRangeParams) -> Answer<Option<Vec<FoldingRange>>> {
    let Some(document) = session.document else { return Ok(None) };
    let all = folds(&document.source.text).into_iter().map(|(start, end, kind)| FoldingRange {
        start_line: start,
        end_line: end,
        kind: match kind {
            Fold::Brackets => None,
            Fold::Comment => Some(FoldingRangeKind::Comment),
            Fold::Uses => Some(FoldingRangeKind::Imports),
        },
        ..FoldingRange::default()
    });
    Ok(Some(all.collect()))
}

pub fn selections(session: &Session, params: SelectionRangeParams) -> Answer<Option<Vec<SelectionRange>>> {
    let mut out = Vec::new();
    for position in params.positions {
        let Some(at) = session.at(position) else { return Ok(None) };
        let spans = selection(at);
        let ranges = spans.into_iter().rev().filter_map(|span| session.places.range(at.analysis, span));
        let chain = ranges.fold(None, |parent: Option<SelectionRange>, range| {
            Some(SelectionRange { range, parent: parent.map(Box::new) })
        });
        out.push(chain.unwrap_or(SelectionRange { range: Range::new(position, position), parent: None }));
    }
    Ok(Some(out))
}
