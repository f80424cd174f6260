//! Changing texts: renaming, formatting, code actions.

use std::collections::{BTreeMap, HashMap};

use camino::Utf8PathBuf;
use lsp_types::*;

use crate::lsp::actions::{Action, Sort, actions};
use crate::lsp::formatting::{self, Change};
use crate::lsp::{At, rename};

use super::super::publish;
use super::super::session::Session;
use super::go::place;
use super::{Answer, refused};

type Edits = BTreeMap<Utf8PathBuf, Vec<TextEdit>>;

pub fn prepare_rename(session: &Session, params: TextDocumentPositionParams) -> Answer<Option<PrepareRenameResponse>> {
    let Some(at) = session.at(params.position) else { return Ok(None) };
    let span = rename::prepare(at).map_err(refused)?;
    let Some(range) = session.places.range(at.analysis, span) else { return Ok(None) };
    let placeholder = at.analysis.text(span).to_owned();
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

/// In every program that has the file.
pub fn renamed(session: &Session, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let position = params.text_document_position.position;
    let mut all = Edits::new();
    for program in session.program.iter().chain(&session.all) {
        let Some(at) = place(session, program, position) else { continue };
        let edits = rename::rename(at, &params.new_name).map_err(refused)?;
        for (path, edits) in session.places.edits(program, &edits) {
            let there = all.entry(path).or_default();
            for edit in edits {
                if !there.contains(&edit) {
                    there.push(edit);
                }
            }
        }
    }
    Ok(Some(workspace_edit(session, all, None)))
}

fn workspace_edit(session: &Session, edits: Edits, file: Option<(Utf8PathBuf, String)>) -> WorkspaceEdit {
    if !session.can.document_changes {
        #[allow(clippy::mutable_key_type, reason = "the protocol's own type")]
        let changes: HashMap<Uri, Vec<TextEdit>> =
            edits.into_iter().filter_map(|(path, edits)| Some((session.places.uri_of(&path)?, edits))).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let mut operations: Vec<DocumentChangeOperation> = Vec::new();
    if let Some((uri, text)) = file.and_then(|(path, text)| Some((session.places.uri_of(&path)?, text))) {
        let create = CreateFile { uri: uri.clone(), options: None, annotation_id: None };
        operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        let text = TextEdit::new(Range::default(), text);
        operations.push(DocumentChangeOperation::Edit(versioned(uri, None, vec![text])));
    }
    for (path, edits) in edits {
        let version = session.places.documents.get(&path).map(|document| document.version);
        let uri = session.places.uri_of(&path);
        operations.extend(uri.map(|uri| DocumentChangeOperation::Edit(versioned(uri, version, edits))));
    }
    let document_changes = Some(DocumentChanges::Operations(operations));
    WorkspaceEdit { document_changes, ..WorkspaceEdit::default() }
}

fn versioned(uri: Uri, version: Option<i32>, edits: Vec<TextEdit>) -> TextDocumentEdit {
    let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
    TextDocumentEdit { text_document, edits: edits.into_iter().map(OneOf::Left).collect() }
}

pub fn format(session: &Session, _: DocumentFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    let Some(document) = session.document else { return Ok(None) };
    Ok(formatting::document(&document.source.text).map(|all| text_edits(session, all)))
}

pub fn format_range(session: &Session, params: DocumentRangeFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    let Some(document) = session.document else { return Ok(None) };
    let end = params.range.end;
    // A selection of whole lines ends at the start of the next.
    let last = if end.character == 0 && end.line > params.range.start.line { end.line - 1 } else { end.line };
    let all = formatting::range(&document.source.text, params.range.start.line, last);
    Ok(all.map(|all| text_edits(session, all)))
}

pub fn format_typed(session: &Session, params: DocumentOnTypeFormattingParams) -> Answer<Option<Vec<TextEdit>>> {
    let Some(document) = session.document else { return Ok(None) };
    let offset = session.places.encoding.offset(&document.source, params.text_document_position.position);
    let all = formatting::typed(&document.source.text, offset as usize);
    Ok(all.map(|all| text_edits(session, all)))
}

fn text_edits(session: &Session, all: Vec<Change>) -> Vec<TextEdit> {
    let Some(document) = session.document else { return vec![] };
    let edit = |change: Change| {
        let range = session.places.encoding.bytes(&document.source, change.start as u32, change.end as u32);
        TextEdit::new(range, change.text)
    };
    all.into_iter().map(edit).collect()
}

pub fn code_actions(session: &Session, params: CodeActionParams) -> Answer<Option<CodeActionResponse>> {
    let Some(at) = session.at(params.range.start) else { return Ok(None) };
    let end = session.places.encoding.offset(at.source, params.range.end);
    let wanted = |kind: &CodeActionKind| {
        let under = |only: &CodeActionKind| {
            kind.as_str() == only.as_str() || kind.as_str().starts_with(&format!("{}.", only.as_str()))
        };
        params.context.only.as_ref().is_none_or(|all| all.iter().any(under))
    };
    let mut out = Vec::new();
    for action in actions(at, end) {
        let kind = match action.sort {
            Sort::Fix => CodeActionKind::QUICKFIX,
            Sort::Extract => CodeActionKind::REFACTOR_EXTRACT,
            Sort::Organise => CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
        };
        let possible = action.file.is_none() || (session.can.create_files && session.can.document_changes);
        if wanted(&kind) && possible {
            out.push(CodeActionOrCommand::CodeAction(code_action(session, at, action, kind)));
        }
    }
    Ok(Some(out))
}

fn code_action(session: &Session, at: At, action: Action, kind: CodeActionKind) -> CodeAction {
    let edits = session.places.edits(at.analysis, &action.edits);
    let of = action.answers.iter().filter_map(|index| at.analysis.compiled.diagnostics.get(*index));
    let answered: Vec<Diagnostic> = of
        .map(|d| {
            let main = d.labels.iter().position(|label| label.span.file == at.unit.file);
            publish::sent(at.analysis, d, main, &session.places)
        })
        .collect();
    CodeAction {
        title: action.title,
        kind: Some(kind),
        diagnostics: (!answered.is_empty()).then_some(answered),
        edit: Some(workspace_edit(session, edits, action.file)),
        is_preferred: action.preferred.then_some(true),
        ..CodeAction::default()
    }
}
