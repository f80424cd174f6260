//! What this server says it can do, and what it hears that the client can.

use lsp_types::*;
use serde_json::{Value, json};

use crate::lsp::tokens::{Colour, MODIFIERS};

use super::session::Abilities;
use super::wire::Encoding;

/// The answer to `initialize`.
pub fn answer(encoding: Encoding) -> Value {
    json!({
        "capabilities": capabilities(encoding),
        "serverInfo": { "name": "servec", "version": env!("CARGO_PKG_VERSION") },
    })
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let legend = SemanticTokensLegend {
        token_types: Colour::WORDS.iter().map(|word| SemanticTokenType::new(word)).collect(),
        token_modifiers: MODIFIERS.iter().map(|word| SemanticTokenModifier::new(word)).collect(),
    };
    let strings = |all: &[&str]| Some(all.iter().map(|s| (*s).to_owned()).collect());
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::Supported(true)),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: strings(&[".", "\"", "/", "=", "(", "<", "[", "{", " "]),
            resolve_provider: Some(false),
            ..CompletionOptions::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: strings(&["(", ",", ":"]),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        type_definition_provider: Some(TypeDefinitionProviderCapability::Simple(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QUICKFIX,
                CodeActionKind::REFACTOR_EXTRACT,
                CodeActionKind::SOURCE_ORGANIZE_IMPORTS,
            ]),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "}".to_owned(),
            more_trigger_character: strings(&["\n"]),
        }),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend,
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Bool(true)),
                ..SemanticTokensOptions::default()
            },
        )),
        inlay_hint_provider: Some(OneOf::Left(true)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}

/// What of the client's abilities matters here.
pub fn heard(client: &ClientCapabilities) -> Abilities {
    let text = client.text_document.as_ref();
    let edit = client.workspace.as_ref().and_then(|w| w.workspace_edit.as_ref());
    let item = text.and_then(|t| t.completion.as_ref()).and_then(|c| c.completion_item.as_ref());
    let symbol = text.and_then(|t| t.document_symbol.as_ref());
    let hover = text.and_then(|t| t.hover.as_ref()).and_then(|h| h.content_format.as_ref());
    let made = edit.and_then(|e| e.resource_operations.as_ref());
    Abilities {
        snippets: item.and_then(|i| i.snippet_support).unwrap_or(false),
        document_changes: edit.and_then(|e| e.document_changes).unwrap_or(false),
        create_files: made.is_some_and(|all| all.contains(&ResourceOperationKind::Create)),
        hierarchical_symbols: symbol.and_then(|s| s.hierarchical_document_symbol_support).unwrap_or(false),
        markdown: hover.is_none_or(|all| all.contains(&MarkupKind::Markdown)),
    }
}
