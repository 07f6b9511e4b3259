"""The language server: the same engine and the same findings, while typing. `workspace` knows no protocol, `server` nothing of rules."""
