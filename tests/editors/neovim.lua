-- A headless Neovim as a user of `servec lsp`: opens a broken file, gets its diagnostics, applies the code action, and the file is
-- clean; then hover, completion, rename and formatting. With the plugin of editors/nvim, on any Neovim from 0.7 on.
--   nvim --headless --clean -u NONE -S tests/editors/neovim.lua FOLDER
-- FOLDER holds broken.serve. Ends with 0 only when all of it went as it should.

local function finish(code, message)
  io.stdout:write((message or "done") .. "\n")
  vim.cmd(code == 0 and "qall!" or "cquit " .. code)
end

local function check(yes, what)
  if not yes then
    error(what, 2)
  end
end

local function wait(what, is)
  check(vim.wait(20000, is, 10), "waited in vain for " .. what)
end

local function lines()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function clients()
  return vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = 0 }) or vim.tbl_values(vim.lsp.buf_get_clients(0))
end

-- A request's answer.
local function ask(method, params)
  local answers, why = vim.lsp.buf_request_sync(0, method, params, 20000)
  check(answers, method .. ": " .. tostring(why))
  for _, answer in pairs(answers) do
    check(not answer.err, method .. ": " .. vim.inspect(answer.err))
    return answer.result
  end
  error(method .. ": no client answered")
end

local function at(line, text)
  local row = vim.api.nvim_buf_get_lines(0, line - 1, line, false)[1]
  local column = row:find(text, 1, true)
  check(column, "no `" .. text .. "` in line " .. line .. ": " .. row)
  vim.api.nvim_win_set_cursor(0, { line, column - 1 })
  local encoding = clients()[1].offset_encoding or "utf-16"
  return vim.lsp.util.make_position_params(0, encoding), encoding
end

local function text_of(contents)
  return type(contents) == "table" and contents.value or contents
end

local function run()
  vim.cmd("edit " .. vim.fn.fnameescape(arg_folder .. "/broken.serve"))
  vim.cmd("setfiletype serve")
  wait("a client", function()
    return #clients() == 1 and clients()[1].initialized ~= false
  end)
  wait("diagnostics", function()
    return #vim.diagnostic.get(0) > 0
  end)
  local found = vim.diagnostic.get(0)
  check(#found == 1, "one diagnostic: " .. vim.inspect(found))
  check(found[1].code == "E0303" and found[1].source == "servec", vim.inspect(found[1]))
  check(found[1].message:find("`sec` is not a unit", 1, true), found[1].message)

  -- The code action of the place, as `vim.lsp.buf.code_action` would apply it.
  local params, encoding = at(found[1].lnum + 1, "sec")
  local range = { start = params.position, ["end"] = params.position }
  local actions = ask("textDocument/codeAction", {
    textDocument = params.textDocument,
    range = range,
    context = { diagnostics = {}, only = { "quickfix" } },
  })
  check(#actions == 1 and actions[1].edit, vim.inspect(actions))
  vim.lsp.util.apply_workspace_edit(actions[1].edit, encoding)
  check(lines():find("timeout = 5s ", 1, true), "the fix is in the text:\n" .. lines())
  wait("a clean file", function()
    return #vim.diagnostic.get(0) == 0
  end)

  local hover = ask("textDocument/hover", (at(9, "adder")))
  check(text_of(hover.contents):find("model adder", 1, true), vim.inspect(hover))

  -- A field that is still missing stands first; what is there does not stand again.
  vim.api.nvim_buf_set_lines(0, 10, 10, false, { "  " })
  vim.api.nvim_win_set_cursor(0, { 11, 1 })
  local offered = ask("textDocument/completion", vim.lsp.util.make_position_params(0, encoding))
  local labels = {}
  for _, item in ipairs(offered.items or offered) do
    labels[item.label] = item
  end
  check(labels.budget and labels.machine and labels.slo, vim.inspect(vim.tbl_keys(labels)))
  check(not labels.serve and not labels.mode, "fields that are there: " .. vim.inspect(vim.tbl_keys(labels)))
  vim.api.nvim_buf_set_lines(0, 10, 11, false, {})

  local rename = at(1, "adder")
  rename.newName = "summer"
  vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", rename), encoding)
  check(lines():find("model summer", 1, true) and lines():find("= summer", 1, true), lines())
  check(not lines():find("adder", 1, true), "everywhere:\n" .. lines())

  vim.api.nvim_buf_set_lines(0, 4, 5, false, { "     output y :tensor<f32>[ batch,2 ]" })
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  check(lines():find("\n  output y: tensor<f32>[batch, 2]\n", 1, true), "in form:\n" .. lines())
  wait("a clean file again", function()
    return #vim.diagnostic.get(0) == 0
  end)
  return encoding
end

local ok, result = xpcall(run, debug.traceback)
vim.schedule(function()
  if ok then
    finish(0, "positions in " .. result)
  else
    finish(1, result .. "\n" .. lines())
  end
end)
