-- .serve files: file type, and `servec lsp`. Set vim.g.servec_path for another program than the `servec` on PATH, and
-- vim.g.servec_format_on_save = true to format what you write.

if vim.filetype then
  vim.filetype.add({ extension = { serve = "serve" } })
end

local group = vim.api.nvim_create_augroup("servec", { clear = true })

-- A program is a folder of files, so the server is started once for each folder.
local function root_of(path)
  return vim.fn.fnamemodify(path, ":p:h")
end

local clients = {}

local function start(buffer)
  local root = root_of(vim.api.nvim_buf_get_name(buffer))
  local config = {
    name = "servec",
    cmd = { vim.g.servec_path or "servec", "lsp" },
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  -- Neovim 0.7 has no vim.lsp.start.
  local client = clients[root]
  if not client or not vim.lsp.get_client_by_id(client) then
    client = vim.lsp.start_client(config)
    clients[root] = client
  end
  vim.lsp.buf_attach_client(buffer, client)
end

vim.api.nvim_create_autocmd("FileType", {
  group = group,
  pattern = "serve",
  callback = function(event)
    vim.bo[event.buf].commentstring = "// %s"
    start(event.buf)
  end,
})

vim.api.nvim_create_autocmd("BufWritePre", {
  group = group,
  pattern = "*.serve",
  callback = function()
    if not vim.g.servec_format_on_save then
      return
    end
    if vim.lsp.buf.format then
      vim.lsp.buf.format({ timeout_ms = 2000 })
    else
      vim.lsp.buf.formatting_sync(nil, 2000)
    end
  end,
})
