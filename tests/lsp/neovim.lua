-- Drives Neovim without a screen: opens a manifest with a mistake, waits for its diagnostic, applies the fix that is offered, and saves.
-- Run as: nvim --headless -u NONE -l neovim.lua, or with `-c luafile` where -l is not known; K8SLINT is the command, FILE the manifest, ROOT its project.
local function die(message)
  io.stderr:write(message .. "\n")
  vim.cmd("cquit 1")
end

local function wait_for(what, condition)
  if not vim.wait(20000, condition, 20) then
    die("never came: " .. what)
  end
end

vim.cmd("edit " .. vim.env.FILE)
vim.bo.filetype = "yaml"
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({
  name = "k8slint",
  cmd = { vim.env.K8SLINT, "lsp" },
  root_dir = vim.env.ROOT,
})
vim.lsp.buf_attach_client(buffer, client)

wait_for("a diagnostic", function() return #vim.diagnostic.get(buffer) > 0 end)
local found = vim.diagnostic.get(buffer)[1]
io.stdout:write(string.format("%s %d:%d %s\n", found.code or found.user_data.lsp.code, found.lnum + 1, found.col + 1, found.message))

-- As the menu of vim.lsp.buf.code_action does, with the first fix that is preferred.
local params = {
  textDocument = vim.lsp.util.make_text_document_params(buffer),
  range = {
    start = { line = found.lnum, character = found.col },
    ["end"] = { line = found.end_lnum, character = found.end_col },
  },
  context = { diagnostics = {}, only = { "quickfix" } },
}
local answers = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", params, 20000)
local applied = false
for _, answer in pairs(answers or {}) do
  for _, action in ipairs(answer.result or {}) do
    if action.isPreferred and not applied then
      io.stdout:write("fix: " .. action.title .. "\n")
      vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(client).offset_encoding)
      applied = true
    end
  end
end
if not applied then
  die("no fix is offered")
end
wait_for("the diagnostic to go", function() return #vim.diagnostic.get(buffer) == 0 end)
vim.cmd("write")
io.stdout:write("saved\n")
vim.cmd("qall!")
