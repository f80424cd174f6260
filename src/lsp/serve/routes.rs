//! Which request goes to which handler, and how fresh its program must be.

use lsp_server::ErrorCode;
use lsp_types::request::*;
use serde_json::Value;

use super::answer::{Answer, Failure, change, go, outline, paint, write};
use super::session::Session;

/// How fresh the program must be for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The text alone.
    Text,
    /// Any state of the program: the text is read as it is now, and only names may be a moment older.
    Any,
    /// The state of the text that is asked about.
    Newest,
    /// The newest state of all programs.
    All,
}

type Handler = Box<dyn Fn(&Session, Value) -> Answer<Value> + Send>;

/// One request.
pub struct Route {
    pub method: &'static str,
    pub needs: Needs,
    pub handle: Handler,
}

/// A route from the protocol's own types.
pub fn route<R: Request>(needs: Needs, handler: fn(&Session, R::Params) -> Answer<R::Result>) -> Route
where
    R::Params: 'static,
    R::Result: 'static,
{
    let handle = move |session: &Session, params: Value| {
        let params = serde_json::from_value(params)
            .map_err(|error| Failure { code: ErrorCode::InvalidParams as i32, message: error.to_string() })?;
        let answer = handler(session, params)?;
        serde_json::to_value(answer)
            .map_err(|error| Failure { code: ErrorCode::InternalError as i32, message: error.to_string() })
    };
    Route { method: R::METHOD, needs, handle: Box::new(handle) }
}

/// Everything that is answered.
pub fn all() -> Vec<Route> {
    vec![
        route::<HoverRequest>(Needs::Newest, write::hovered),
        route::<Completion>(Needs::Any, write::completed),
        route::<SignatureHelpRequest>(Needs::Any, write::helped),
        route::<GotoDefinition>(Needs::Newest, go::definition),
        route::<GotoTypeDefinition>(Needs::Newest, go::type_definition),
        route::<References>(Needs::All, go::references),
        route::<DocumentHighlightRequest>(Needs::Newest, go::highlight),
        route::<DocumentLinkRequest>(Needs::Newest, go::document_links),
        route::<CallHierarchyPrepare>(Needs::Newest, go::prepare_calls),
        route::<CallHierarchyIncomingCalls>(Needs::Newest, go::incoming),
        route::<CallHierarchyOutgoingCalls>(Needs::Newest, go::outgoing),
        route::<DocumentSymbolRequest>(Needs::Newest, outline::document_symbols),
        route::<WorkspaceSymbolRequest>(Needs::All, outline::workspace_symbols),
        route::<FoldingRangeRequest>(Needs::Text, outline::folding),
        route::<SelectionRangeRequest>(Needs::Newest, outline::selections),
        route::<SemanticTokensFullRequest>(Needs::Newest, paint::all_tokens),
        route::<SemanticTokensRangeRequest>(Needs::Newest, paint::some_tokens),
        route::<InlayHintRequest>(Needs::Newest, paint::inlay_hints),
        route::<CodeLensRequest>(Needs::Newest, paint::code_lenses),
        route::<PrepareRenameRequest>(Needs::Newest, change::prepare_rename),
        route::<Rename>(Needs::All, change::renamed),
        route::<Formatting>(Needs::Text, change::format),
        route::<RangeFormatting>(Needs::Text, change::format_range),
        route::<OnTypeFormatting>(Needs::Text, change::format_typed),
        route::<CodeActionRequest>(Needs::Newest, change::code_actions),
    ]
}
