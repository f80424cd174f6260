//! What is drawn into the text: colours, hints, lenses.

use lsp_types::*;
use serde_json::json;

use crate::lsp::hints::hints;
use crate::lsp::lenses::lenses;
use crate::lsp::tokens::tokens;

use super::super::session::Session;
use super::Answer;

pub fn all_tokens(session: &Session, _: SemanticTokensParams) -> Answer<Option<SemanticTokensResult>> {
    Ok(painted(session, None).map(SemanticTokensResult::Tokens))
}

pub fn some_tokens(session: &Session, params: SemanticTokensRangeParams) -> Answer<Option<SemanticTokensRangeResult>> {
    Ok(painted(session, Some(params.range)).map(SemanticTokensRangeResult::Tokens))
}

fn painted(session: &Session, range: Option<Range>) -> Option<SemanticTokens> {
    let at = session.at(Position::default())?;
    let encoding = session.places.encoding;
    let (from, to) = match range {
        Some(range) => (encoding.offset(at.source, range.start), encoding.offset(at.source, range.end)),
        None => (0, at.source.text.len() as u32),
    };
    let mut data = Vec::new();
    let mut before = Position::default();
    for token in tokens(at, from as usize, to as usize) {
        let start = encoding.position(at.source, token.start as u32);
        let text = at.source.text.get(token.start..token.end).unwrap_or("").trim_end_matches('\r');
        let delta_line = start.line - before.line;
        let delta_start = if delta_line == 0 { start.character - before.character } else { start.character };
        data.push(SemanticToken {
            delta_line,
            delta_start,
            length: encoding.length(text),
            token_type: token.colour as u32,
            token_modifiers_bitset: token.modifiers,
        });
        before = start;
    }
    Some(SemanticTokens { result_id: None, data })
}

pub fn inlay_hints(session: &Session, params: InlayHintParams) -> Answer<Option<Vec<InlayHint>>> {
    let Some(at) = session.at(Position::default()) else { return Ok(None) };
    let encoding = session.places.encoding;
    let (from, to) = (encoding.offset(at.source, params.range.start), encoding.offset(at.source, params.range.end));
    let all = hints(at, from, to).into_iter().map(|hint| InlayHint {
        position: encoding.position(at.source, hint.at),
        label: InlayHintLabel::String(hint.text),
        kind: hint.is_type.then_some(InlayHintKind::TYPE),
        text_edits: None,
        tooltip: Some(hint.about).filter(|text| !text.is_empty()).map(InlayHintTooltip::String),
        padding_left: None,
        padding_right: None,
        data: None,
    });
    Ok(Some(all.collect()))
}

/// A line whose command is empty is only read; one that leads somewhere carries the places as `servec.places`.
pub fn code_lenses(session: &Session, _: CodeLensParams) -> Answer<Option<Vec<CodeLens>>> {
    let Some(at) = session.at(Position::default()) else { return Ok(None) };
    let all = lenses(at).into_iter().filter_map(|lens| {
        let places: Vec<Location> = lens.goes_to.iter().filter_map(|span| session.location(*span)).collect();
        let range = session.places.range(at.analysis, lens.span)?;
        let command = match places.is_empty() {
            true => Command { title: lens.text, command: String::new(), arguments: None },
            false => Command {
                title: lens.text,
                command: "servec.places".to_owned(),
                arguments: Some(vec![json!(session.places.uri_of(&session.path)?), json!(range.start), json!(places)]),
            },
        };
        Some(CodeLens { range, command: Some(command), data: None })
    });
    Ok(Some(all.collect()))
}
