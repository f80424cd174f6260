// Starts `servec lsp` for .serve files. Everything the editor knows of the language comes from there.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");
const { findServec } = require("./find");

/** @type {LanguageClient | undefined} */
let client;

async function start() {
  const configured = vscode.workspace.getConfiguration("servec").get("path", "");
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const command = findServec({ configured, folders });
  if (!command) {
    const what = configured ? `There is no program at ${configured}.` : "servec is not on your PATH.";
    const open = "Open settings";
    const chosen = await vscode.window.showErrorMessage(
      `${what} Install it with \`cargo install --path .\` in servec's repository, or say where it is.`,
      open,
    );
    if (chosen === open) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "servec.path");
    }
    return;
  }
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("servec", "servec", server, {
    documentSelector: [{ language: "serve" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{serve,onnx}") },
  });
  await client.start();
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

// What a lens such as "used 3 times" does: the server sends places in the protocol's notation.
async function showPlaces(uri, position, places) {
  if (!client) {
    return;
  }
  const of = client.protocol2CodeConverter;
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    of.asUri(uri),
    of.asPosition(position),
    places.map((place) => of.asLocation(place)),
  );
}

async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("servec.restart", restart),
    vscode.commands.registerCommand("servec.places", showPlaces),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("servec.path")) {
        await restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
