"use strict";

const assert = require("node:assert");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");

const { findServec } = require("../find");

const root = fs.mkdtempSync(path.join(os.tmpdir(), "find-servec-"));
process.on("exit", () => fs.rmSync(root, { recursive: true }));

function program(...parts) {
  const file = path.join(root, ...parts);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
  return file;
}

test("the first on PATH is found before what is built in the workspace", () => {
  const onPath = program("bin", "servec");
  const built = program("work", "target", "release", "servec");
  const folders = [path.join(root, "work")];
  assert.equal(findServec({ folders, env: { PATH: `/nowhere:${path.dirname(onPath)}` }, home: root }), onPath);
  assert.equal(findServec({ folders, env: { PATH: "/nowhere" }, home: root }), built);
});

test("what the user names counts alone, and is taken from home or the workspace", () => {
  const mine = program("mine", "servec");
  const env = { PATH: path.join(root, "bin") };
  assert.equal(findServec({ configured: "~/mine/servec", env, home: root }), mine);
  assert.equal(findServec({ configured: "mine/servec", folders: [root], env, home: root }), mine);
  assert.equal(findServec({ configured: "/not/there", env, home: root }), null);
});

test("a folder, and a file that can't be run, are no program", () => {
  fs.mkdirSync(path.join(root, "odd", "servec"), { recursive: true });
  fs.writeFileSync(path.join(root, "plain"), "", { mode: 0o644 });
  assert.equal(findServec({ env: { PATH: path.join(root, "odd") }, home: path.join(root, "none") }), null);
  assert.equal(findServec({ configured: path.join(root, "plain"), home: root }), null);
});
