"""Every request that `servec lsp` answers, through pytest-lsp. Its types are generated from the protocol's own description and
are strict: an answer of another shape can't be read. SERVEC is the program, SERVEC_METHODS what it says it answers."""

import os
import pathlib

import pytest_lsp
from lsprotocol import types as t
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

PARTS = """/// How many.
let least = 8
"""

MAIN = """use std/bytes.{window}
use "./parts.serve".{least}

/// Kinds of files.
model magika {
  image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/magika:1"
  input  tokens: tensor<i32>[batch, 2048]
  output scores: tensor<f32>[batch, 214]
}

pipeline identify {
  input  file: bytes
  tokens = window(file, least: least)
  output kinds = magika(tokens)
}

endpoint kinds {
  serve = identify
  scale = 1..2
}

stack prod on sagemaker {
  region = "us-east-1"
  deploy kinds
}
"""

ASKED = set()


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[os.environ["SERVEC"], "lsp", "--stdio"]))
async def client(lsp_client: LanguageClient, tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    lsp_client.folder = folder
    (folder / "parts.serve").write_text(PARTS)
    (folder / "main.serve").write_text(MAIN)

    @lsp_client.feature(t.CLIENT_REGISTER_CAPABILITY)
    def _(params: t.RegistrationParams):
        lsp_client.registered = [registration.method for registration in params.registrations]

    await lsp_client.initialize_session(
        t.InitializeParams(capabilities=client_capabilities("visual-studio-code"), root_uri=folder.as_uri())
    )
    yield
    await lsp_client.shutdown_session()


class Text:
    """The open main.serve, and places in it."""

    def __init__(self, client, text=MAIN):
        self.client, self.text = client, text
        self.uri = (client.folder / "main.serve").as_uri()
        self.document = t.TextDocumentIdentifier(uri=self.uri)
        item = t.TextDocumentItem(uri=self.uri, language_id="serve", version=1, text=text)
        client.text_document_did_open(t.DidOpenTextDocumentParams(text_document=item))

    async def checked(self):
        await self.client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self

    def at(self, before, after=""):
        """The position between two texts that stand next to each other."""
        offset = self.text.index(before + after) + len(before)
        line = self.text.count("\n", 0, offset)
        return t.Position(line=line, character=offset - self.text.rfind("\n", 0, offset) - 1)

    def whole(self):
        return t.Range(start=t.Position(0, 0), end=t.Position(self.text.count("\n"), 0))

    def place(self, before, after=""):
        return {"text_document": self.document, "position": self.at(before, after)}


async def opened(client, text=MAIN):
    return await Text(client, text).checked()


def asked(method):
    ASKED.add(method)


async def test_diagnostics(client):
    text = await opened(client, MAIN.replace("scale = 1..2", "scale = 2..1"))
    def errors():
        found = client.diagnostics[text.uri]
        assert all(d.source == "servec" and d.code.startswith("E") for d in found), found
        return [d for d in found if d.severity == t.DiagnosticSeverity.Error]

    assert errors()
    assert client.registered == ["workspace/didChangeWatchedFiles"]
    change = t.TextDocumentContentChangeWholeDocument(text=MAIN)
    version = t.VersionedTextDocumentIdentifier(uri=text.uri, version=2)
    client.text_document_did_change(t.DidChangeTextDocumentParams(text_document=version, content_changes=[change]))
    await client.wait_for_notification(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert errors() == []


async def test_hover(client):
    asked("textDocument/hover")
    text = await opened(client)
    found = await client.text_document_hover_async(t.HoverParams(**text.place("serve = iden")))
    assert "pipeline identify(file: bytes)" in found.contents.value


async def test_completion(client):
    asked("textDocument/completion")
    text = await opened(client, MAIN.replace("  scale = 1..2\n", "  \n"))
    found = await client.text_document_completion_async(t.CompletionParams(**text.place("serve = identify\n  ")))
    labels = [item.label for item in found.items]
    assert "mode" in labels and "serve" not in labels, labels


async def test_completion_brings_its_use(client):
    text = await opened(client, MAIN.replace("magika(tokens)", "magika(trun)"))
    found = await client.text_document_completion_async(t.CompletionParams(**text.place("magika(trun")))
    [item] = [item for item in found.items if item.label == "truncate"]
    assert item.additional_text_edits[0].new_text == "use std/text.{truncate}\n", item


async def test_signature_help(client):
    asked("textDocument/signatureHelp")
    text = await opened(client)
    found = await client.text_document_signature_help_async(t.SignatureHelpParams(**text.place("window(file, least: ")))
    [signature] = found.signatures
    start, end = signature.parameters[signature.active_parameter].label
    assert signature.label[start:end].startswith("least: int"), signature


async def test_definition(client):
    asked("textDocument/definition")
    text = await opened(client)
    [found] = await client.text_document_definition_async(t.DefinitionParams(**text.place("least: lea")))
    assert found.uri.endswith("/parts.serve") and found.range.start == t.Position(1, 4)


async def test_definition_in_the_library_can_be_opened(client):
    text = await opened(client)
    [found] = await client.text_document_definition_async(t.DefinitionParams(**text.place("= wind")))
    path = pathlib.Path(found.uri.removeprefix("file://"))
    assert "transform window" in path.read_text().splitlines()[found.range.start.line]


async def test_type_definition(client):
    asked("textDocument/typeDefinition")
    text = await opened(client)
    [found] = await client.text_document_type_definition_async(t.TypeDefinitionParams(**text.place("output kin")))
    assert found.range.start == text.at("model ", "magika")


async def test_references(client):
    asked("textDocument/references")
    text = await opened(client)
    context = t.ReferenceContext(include_declaration=True)
    found = await client.text_document_references_async(t.ReferenceParams(**text.place("least: lea"), context=context))
    assert sorted({place.uri.rsplit("/", 1)[1] for place in found}) == ["main.serve", "parts.serve"]
    assert len(found) == 3


async def test_highlight(client):
    asked("textDocument/documentHighlight")
    text = await opened(client)
    found = await client.text_document_document_highlight_async(t.DocumentHighlightParams(**text.place("magika(tok")))
    assert [h.kind for h in found] == [t.DocumentHighlightKind.Write, t.DocumentHighlightKind.Read]


async def test_document_symbols(client):
    asked("textDocument/documentSymbol")
    text = await opened(client)
    found = await client.text_document_document_symbol_async(t.DocumentSymbolParams(text_document=text.document))
    assert [symbol.name for symbol in found] == ["magika", "identify", "kinds", "prod"]
    assert [child.name for child in found[1].children] == ["file", "tokens", "kinds"]


async def test_workspace_symbols(client):
    asked("workspace/symbol")
    await opened(client)
    found = await client.workspace_symbol_async(t.WorkspaceSymbolParams(query="ea"))
    assert [symbol.name for symbol in found] == ["least"]


async def test_folding(client):
    asked("textDocument/foldingRange")
    text = await opened(client)
    found = await client.text_document_folding_range_async(t.FoldingRangeParams(text_document=text.document))
    assert len(found) == 5 and all(fold.end_line > fold.start_line for fold in found)


async def test_selection_ranges(client):
    asked("textDocument/selectionRange")
    text = await opened(client)
    params = t.SelectionRangeParams(text_document=text.document, positions=[text.at("least: lea")])
    [found] = await client.text_document_selection_range_async(params)
    depth = 0
    while found.parent:
        assert found.parent.range.start <= found.range.start and found.range.end <= found.parent.range.end
        found, depth = found.parent, depth + 1
    assert depth >= 4


async def test_semantic_tokens(client):
    asked("textDocument/semanticTokens/full")
    asked("textDocument/semanticTokens/range")
    text = await opened(client)
    whole = await client.text_document_semantic_tokens_full_async(t.SemanticTokensParams(text_document=text.document))
    assert len(whole.data) % 5 == 0 and len(whole.data) > 200
    half = t.Range(start=t.Position(0, 0), end=t.Position(3, 0))
    params = t.SemanticTokensRangeParams(text_document=text.document, range=half)
    part = await client.text_document_semantic_tokens_range_async(params)
    assert whole.data[: len(part.data)] == part.data and len(part.data) < len(whole.data)


async def test_formatting(client):
    for method in ["formatting", "rangeFormatting", "onTypeFormatting"]:
        asked(f"textDocument/{method}")
    text = await opened(client, MAIN.replace("  scale = 1..2", "  scale   =   1..2"))
    options = t.FormattingOptions(tab_size=2, insert_spaces=True)
    document = text.document
    params = t.DocumentFormattingParams(text_document=document, options=options)
    [edit] = await client.text_document_formatting_async(params)
    assert edit.new_text == "  scale = 1..2\n"
    params = t.DocumentRangeFormattingParams(text_document=document, options=options, range=edit.range)
    assert list(await client.text_document_range_formatting_async(params)) == [edit]
    elsewhere = t.Range(start=t.Position(0, 0), end=t.Position(1, 0))
    params = t.DocumentRangeFormattingParams(text_document=document, options=options, range=elsewhere)
    assert not await client.text_document_range_formatting_async(params)
    position = text.at("1..2\n}")
    params = t.DocumentOnTypeFormattingParams(text_document=document, options=options, position=position, ch="}")
    assert list(await client.text_document_on_type_formatting_async(params)) == [edit]


async def test_rename(client):
    asked("textDocument/prepareRename")
    asked("textDocument/rename")
    text = await opened(client)
    found = await client.text_document_prepare_rename_async(t.PrepareRenameParams(**text.place("magika(tok")))
    assert found.placeholder == "tokens"
    params = t.RenameParams(**text.place("least: lea"), new_name="fewest")
    found = await client.text_document_rename_async(params)
    changed = {change.text_document.uri.rsplit("/", 1)[1]: len(change.edits) for change in found.document_changes}
    assert changed == {"main.serve": 2, "parts.serve": 1}


async def test_code_actions(client):
    asked("textDocument/codeAction")
    text = await opened(client, MAIN.replace("serve = identify", "serve = identfy"))
    [diagnostic] = client.diagnostics[text.uri]
    context = t.CodeActionContext(diagnostics=[diagnostic], only=[t.CodeActionKind.QuickFix])
    params = t.CodeActionParams(text_document=text.document, range=diagnostic.range, context=context)
    [action] = await client.text_document_code_action_async(params)
    assert action.kind == t.CodeActionKind.QuickFix and action.is_preferred
    [change] = action.edit.document_changes
    assert change.edits[0].new_text == "identify"


async def test_inlay_hints(client):
    asked("textDocument/inlayHint")
    text = await opened(client)
    params = t.InlayHintParams(text_document=text.document, range=text.whole())
    labels = [hint.label for hint in await client.text_document_inlay_hint_async(params)]
    assert any("tensor<i32>" in label for label in labels), labels
    assert any("USD/month" in label for label in labels), labels


async def test_code_lenses(client):
    asked("textDocument/codeLens")
    text = await opened(client)
    found = await client.text_document_code_lens_async(t.CodeLensParams(text_document=text.document))
    titles = [lens.command.title for lens in found]
    assert any(title.startswith("fits sagemaker: 1 endpoint") for title in titles), titles


async def test_links(client):
    asked("textDocument/documentLink")
    text = await opened(client)
    found = await client.text_document_document_link_async(t.DocumentLinkParams(text_document=text.document))
    assert [link.target.rsplit("/", 1)[1] for link in found] == ["bytes.serve", "parts.serve"]


async def test_call_hierarchy(client):
    asked("textDocument/prepareCallHierarchy")
    asked("callHierarchy/incomingCalls")
    asked("callHierarchy/outgoingCalls")
    text = await opened(client)
    params = t.CallHierarchyPrepareParams(**text.place("pipeline iden"))
    [item] = await client.text_document_prepare_call_hierarchy_async(params)
    into = await client.call_hierarchy_incoming_calls_async(t.CallHierarchyIncomingCallsParams(item=item))
    out = await client.call_hierarchy_outgoing_calls_async(t.CallHierarchyOutgoingCallsParams(item=item))
    assert [call.from_.name for call in into] == ["kinds"]
    assert sorted(call.to.name for call in out) == ["magika", "window"]


def test_nothing_is_left_out():
    assert ASKED == set(os.environ["SERVEC_METHODS"].split())
