// Where the `servec` is that the editor starts. Knows nothing of VS Code, so that plain Node tests it.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const NAME = process.platform === "win32" ? "servec.exe" : "servec";

/** Whether a path is a file that can be run. */
function runs(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The program to start, or null.
 * @param {{ configured?: string, folders?: string[], env?: NodeJS.ProcessEnv, home?: string }} where
 *   `configured` is the user's own choice, and counts alone; `folders` are those of the workspace.
 */
function findServec({ configured = "", folders = [], env = process.env, home = os.homedir() } = {}) {
  if (configured) {
    const own = configured.startsWith("~/") ? path.join(home, configured.slice(2)) : configured;
    const places = path.isAbsolute(own) ? [own] : folders.map((folder) => path.join(folder, own));
    return places.find(runs) ?? null;
  }
  const onPath = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const built = folders.map((folder) => path.join(folder, "target", "release"));
  const cargo = path.join(env.CARGO_HOME || path.join(home, ".cargo"), "bin");
  return [...onPath, ...built, cargo].map((folder) => path.join(folder, NAME)).find(runs) ?? null;
}

module.exports = { findServec };
