-- With settings that start the server and fix on save, and a manifest with two mistakes open: waits for both, and saves.
-- Run as: nvim --headless -u SETTINGS MANIFEST -c 'luafile neovim_save.lua'
local buffer = vim.api.nvim_get_current_buf()
if not vim.wait(20000, function() return #vim.diagnostic.get(buffer) == 2 end, 20) then
  io.stderr:write("never came: two diagnostics\n")
  vim.cmd("cquit 1")
end
for _, found in ipairs(vim.diagnostic.get(buffer)) do
  io.stdout:write(string.format("%s %d:%d\n", found.code, found.lnum + 1, found.col + 1))
end
vim.cmd("silent write")
io.stdout:write("modified: " .. tostring(vim.bo.modified) .. "\n")
vim.cmd("qall!")
