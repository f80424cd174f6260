//! While writing: hover, completion, signature help.

use lsp_types::*;

use crate::lsp::complete::{Offer, Sort, complete};
use crate::lsp::hover::hover;
use crate::lsp::signature::signature;

use super::super::session::Session;
use super::Answer;

pub fn hovered(session: &Session, params: HoverParams) -> Answer<Option<Hover>> {
    let at = session.at(params.text_document_position_params.position);
    let Some((at, found)) = at.and_then(|at| Some((at, hover(at)?))) else { return Ok(None) };
    let (kind, value) = match session.can.markdown {
        true => (MarkupKind::Markdown, found.text),
        false => (MarkupKind::PlainText, found.text.replace("```serve\n", "").replace("```", "")),
    };
    let contents = HoverContents::Markup(MarkupContent { kind, value });
    Ok(Some(Hover { contents, range: session.places.range(at.analysis, found.span) }))
}

pub fn completed(session: &Session, params: CompletionParams) -> Answer<Option<CompletionResponse>> {
    let Some(asked) = session.asked(params.text_document_position.position) else { return Ok(None) };
    // A blank asks only where a word was just finished: not for a list at each blank.
    let offers = complete(asked);
    let Some(document) = session.document else { return Ok(None) };
    let (start, end) = offers.replace;
    let range = session.places.encoding.bytes(&document.source, start as u32, end as u32);
    let items = offers.all.into_iter().enumerate().map(|(i, offer)| item(session, document, i, range, offer));
    Ok(Some(CompletionResponse::List(CompletionList { is_incomplete: false, items: items.collect() })))
}

fn item(
    session: &Session,
    document: &super::super::documents::Document,
    index: usize,
    range: Range,
    offer: Offer,
) -> CompletionItem {
    let snippet = offer.snippet && session.can.snippets;
    let text = if offer.snippet && !snippet { plain(&offer.insert) } else { offer.insert };
    let added = offer.add.map(|added| {
        let at = added.at as u32;
        vec![TextEdit::new(session.places.encoding.bytes(&document.source, at, at), added.text)]
    });
    CompletionItem {
        kind: Some(kind(offer.sort)),
        detail: Some(offer.detail).filter(|text| !text.is_empty()),
        documentation: Some(offer.doc)
            .filter(|text| !text.is_empty())
            .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        sort_text: Some(format!("{index:04}")),
        filter_text: Some(offer.label.clone()),
        insert_text_format: Some(if snippet { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT }),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, text))),
        additional_text_edits: added,
        label: offer.label,
        ..CompletionItem::default()
    }
}

fn kind(sort: Sort) -> CompletionItemKind {
    match sort {
        Sort::Keyword => CompletionItemKind::KEYWORD,
        Sort::Field => CompletionItemKind::FIELD,
        Sort::Word => CompletionItemKind::ENUM_MEMBER,
        Sort::Value => CompletionItemKind::VARIABLE,
        Sort::Function => CompletionItemKind::FUNCTION,
        Sort::Type => CompletionItemKind::CLASS,
        Sort::Unit => CompletionItemKind::UNIT,
        Sort::File => CompletionItemKind::FILE,
        Sort::Declaration => CompletionItemKind::MODULE,
    }
}

/// A snippet's text without its stops: `${1:name}` is `name`, `$0` is nothing.
pub fn plain(snippet: &str) -> String {
    let mut out = String::with_capacity(snippet.len());
    let mut rest = snippet;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((stop, behind)) => {
                out.push_str(stop.split_once(':').map_or("", |(_, text)| text));
                behind
            }
            None => after.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
    }
    out.push_str(rest);
    out
}

pub fn helped(session: &Session, params: SignatureHelpParams) -> Answer<Option<SignatureHelp>> {
    let asked = session.asked(params.text_document_position_params.position);
    let Some(help) = asked.and_then(signature) else { return Ok(None) };
    let offsets = help.arguments.iter().map(|(start, end)| ParameterInformation {
        label: ParameterLabel::LabelOffsets([*start, *end]),
        documentation: None,
    });
    let information = SignatureInformation {
        parameters: Some(offsets.collect()),
        documentation: Some(help.doc).filter(|doc| !doc.is_empty()).map(Documentation::String),
        label: help.label,
        active_parameter: help.active,
    };
    Ok(Some(SignatureHelp { signatures: vec![information], active_signature: Some(0), active_parameter: help.active }))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_snippet_without_its_stops_is_plain_text() {
        assert_eq!(plain("model ${1:name} {\n  $0\n}"), "model name {\n  \n}");
        assert_eq!(plain("\"$0\""), "\"\"");
        assert_eq!(plain("no stops"), "no stops");
    }
}
