"""The looks of the HTML report, and the script that filters it."""

STYLE = """
:root{color-scheme:light dark;--bg:#f6f7f9;--panel:#fff;--text:#1d2430;--soft:#5b6676;--line:#e1e5eb;--code:#f3f5f8;
--link:#1f5fc4;--error:#c4283a;--warning:#9a6400;--info:#2563a8;--good:#1d7f4c;--error-bg:#fdeaec;--warning-bg:#fff3d6;
--info-bg:#e7f0fb;--good-bg:#e3f5eb;--shadow:0 1px 2px #1018280d,0 1px 3px #10182814}
@media (prefers-color-scheme:dark){:root{--bg:#0f1319;--panel:#171c24;--text:#e3e8ef;--soft:#98a4b5;--line:#2a323e;
--code:#10151c;--link:#7fb0ff;--error:#ff7b88;--warning:#f0b849;--info:#7db5f5;--good:#5fd098;--error-bg:#41191f;
--warning-bg:#3a2c0c;--info-bg:#16304e;--good-bg:#12361f;--shadow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",
"DejaVu Sans",Arial,sans-serif}
header,main,footer,#filters{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
.top{display:flex;align-items:baseline;gap:16px;flex-wrap:wrap}
h1{font-size:24px;margin:0;letter-spacing:-.02em;display:flex;align-items:center;gap:10px}
.logo{width:22px;height:22px;border-radius:6px;background:linear-gradient(135deg,#3b82f6,#1d4ed8);position:relative}
.logo::after{content:"";position:absolute;left:7px;top:4px;width:6px;height:10px;border:solid #fff;border-width:0 2.5px 2.5px 0;
transform:rotate(42deg)}
.facts{color:var(--soft);margin:0}
.failed{background:var(--error-bg);color:var(--error);padding:10px 14px;border-radius:8px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px;margin:20px 0}
.card{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:12px 16px;box-shadow:var(--shadow);
display:flex;flex-direction:column-reverse;justify-content:flex-end;border-left:4px solid var(--soft)}
.card dt{color:var(--soft);font-size:13px}
.card dd{margin:0;font-size:26px;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}
.card dd span{font-size:12px;font-weight:400;color:var(--soft);margin-left:8px}
.card.error{border-left-color:var(--error)}.card.warning{border-left-color:var(--warning)}
.card.info{border-left-color:var(--info)}.card.fixes{border-left-color:var(--good)}
.verdict{font-size:20px;font-weight:600;padding:18px 20px;border-radius:10px;background:var(--panel);border:1px solid var(--line)}
.verdict.good{background:var(--good-bg);color:var(--good);border-color:transparent}
#filters{position:sticky;top:0;z-index:2;padding-top:8px;padding-bottom:8px}
#filters:not([hidden]){display:flex}
#filters{gap:10px;align-items:center;flex-wrap:wrap;background:var(--bg);border-bottom:1px solid var(--line)}
#filters fieldset{border:0;padding:0;margin:0;display:flex;gap:6px}
#filters legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
#filters label{display:flex;align-items:center;gap:6px;color:var(--soft);font-size:13px}
#filters input[type=search],select,button{font:inherit;font-size:13px;color:var(--text);background:var(--panel);
border:1px solid var(--line);border-radius:7px;padding:5px 9px;height:32px}
#filters input[type=search]{width:136px}select{max-width:180px}button{cursor:pointer}
.chip input{position:absolute;opacity:0}
.chip span{border:1px solid var(--line);background:var(--panel);border-radius:999px;padding:4px 12px;color:var(--soft);
cursor:pointer;user-select:none}
.chip:not(:has(:checked)) span{text-decoration:line-through;opacity:.75}
.chip.fixes:not(:has(:checked)) span{text-decoration:none;opacity:1}
.chip.error :checked+span{background:var(--error-bg);color:var(--error);border-color:var(--error)}
.chip.warning :checked+span{background:var(--warning-bg);color:var(--warning);border-color:var(--warning)}
.chip.info :checked+span{background:var(--info-bg);color:var(--info);border-color:var(--info)}
.chip.fixes :checked+span{background:var(--good-bg);color:var(--good);border-color:var(--good)}
:focus-visible,.chip :focus-visible+span{outline:2px solid var(--link);outline-offset:2px}
#shown{color:var(--soft);font-size:13px;margin-left:auto;font-variant-numeric:tabular-nums}
.section{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.rules,.skipped,.file{background:var(--panel);border:1px solid var(--line);border-radius:10px;box-shadow:var(--shadow);
margin:16px 0;overflow:hidden}
.rules summary,.skipped summary{padding:10px 16px;font-weight:600;cursor:pointer}
.skipped ul{margin:0;padding:4px 16px 12px 34px;color:var(--soft)}
.file{content-visibility:auto;contain-intrinsic-size:auto 420px}
.file h3{margin:0;padding:11px 16px;font:600 14px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
border-bottom:1px solid var(--line);display:flex;gap:10px;align-items:center;overflow-wrap:anywhere}
.count{margin-left:auto;color:var(--soft);font:400 13px system-ui,"DejaVu Sans",sans-serif;white-space:nowrap}
.dot{width:9px;height:9px;border-radius:50%;flex:none;background:var(--info)}.dot.error{background:var(--error)}
.dot.warning{background:var(--warning)}
table{border-collapse:collapse;width:100%}
.file table{table-layout:fixed}
.file thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.at{width:84px}.how{width:92px}
td,th{padding:9px 12px;text-align:left;vertical-align:top;font-weight:400}
td:first-child,th:first-child{padding-left:16px}
tbody tr+tr>*{border-top:1px solid var(--line)}
.rules thead th{color:var(--soft);font-size:12px;padding-top:0;padding-bottom:4px}
.rules td,.rules tbody th{padding-top:5px;padding-bottom:5px}
.number{font-variant-numeric:tabular-nums;color:var(--soft)}.rules .number{text-align:right;color:var(--text)}
.column{opacity:.6}
.bar{width:40%}
meter{width:100%;height:8px;border:0;border-radius:4px;background:var(--code);display:block;margin-top:7px;overflow:hidden}
meter::-webkit-meter-bar{background:var(--code);border:0;border-radius:4px;height:8px}
meter::-webkit-meter-optimum-value{border-radius:4px;background:var(--info)}
meter.error::-webkit-meter-optimum-value{background:var(--error)}
meter.warning::-webkit-meter-optimum-value{background:var(--warning)}
meter::-moz-meter-bar{background:var(--info)}meter.error::-moz-meter-bar{background:var(--error)}
meter.warning::-moz-meter-bar{background:var(--warning)}
.tag{display:inline-block;border-radius:999px;padding:1px 9px;font-size:12px;font-weight:600}
.tag.error{background:var(--error-bg);color:var(--error)}.tag.warning{background:var(--warning-bg);color:var(--warning)}
.tag.info{background:var(--info-bg);color:var(--info)}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
code,pre{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.message{margin:0;font-weight:600;font-size:14.5px;overflow-wrap:anywhere}
.about,.note{margin:3px 0 0;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
.about span::before{content:"· "}.note span::before{content:"— "}
.note b{color:var(--info);font-weight:600}.note b.fix{color:var(--good)}.note{margin-top:7px}
pre{margin:8px 0 0;padding:8px 0;background:var(--code);border-radius:7px;overflow-x:auto;tab-size:4}
pre i{display:inline-block;min-width:46px;padding-right:12px;margin-right:4px;text-align:right;color:var(--soft);opacity:.75;
font-style:normal;user-select:none}
mark{color:inherit;border-radius:3px;background:var(--info-bg);box-shadow:inset 0 -2px var(--info)}
mark.error{background:var(--error-bg);box-shadow:inset 0 -2px var(--error)}
mark.warning{background:var(--warning-bg);box-shadow:inset 0 -2px var(--warning)}
.empty{padding:40px;text-align:center;color:var(--soft)}
footer{padding-top:8px;padding-bottom:32px;color:var(--soft);font-size:13px}
[hidden]{display:none!important}
@media (max-width:640px){header,main,footer,#filters{padding-left:12px;padding-right:12px}
.file table,.file tbody,.file tr,.file td{display:block;width:auto}.file td:nth-child(-n+2){display:inline-block;padding-bottom:0}
.file td:last-child{padding:4px 16px 12px}.column,.bar{display:none}#filters{position:static}}
@media print{:root{color-scheme:light;--bg:#fff;--panel:#fff;--text:#000;--soft:#444;--line:#bbb;--code:#f6f6f6;--link:#000;
--error:#a00;--warning:#7a4f00;--info:#144a86;--good:#135c36;--error-bg:#fbe4e6;--warning-bg:#fdf0d0;--info-bg:#e4eefa;
--good-bg:#e0f2e8;--shadow:none}
body,.message{font-size:12px}td,th{font-size:12px}#filters{display:none!important}.file{content-visibility:visible;overflow:visible}
header,main,footer{max-width:none;padding-left:0;padding-right:0}
tr,.card{break-inside:avoid}h3{break-after:avoid}pre{white-space:pre-wrap}
.tag,mark,pre,.card,meter{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
"""The whole style sheet."""

SCRIPT = """
"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const files = [...document.querySelectorAll("section.file")].map(section => ({
    section,
    name: section.dataset.file.toLowerCase(),
    rows: [...section.querySelectorAll("tbody tr")].map(row => ({
      row, rule: row.dataset.rule, severity: row.dataset.severity, fix: row.dataset.fix, text: null,
    })),
  }));
  const total = files.reduce((sum, file) => sum + file.rows.length, 0);
  const shown = document.getElementById("shown"), none = document.getElementById("none");
  const severities = [...form.querySelectorAll("[name=severity]")];

  const text = entry => entry.text ??= [...entry.row.querySelectorAll(".message, .about")]
    .map(part => part.textContent).join(" ").toLowerCase();

  function apply() {
    const wanted = new Set(severities.filter(box => box.checked).map(box => box.value));
    const rule = form.rule.value, file = form.file.value.trim().toLowerCase();
    const words = form.text.value.trim().toLowerCase().split(/\\s+/).filter(Boolean);
    const fixable = !!form.fixable?.checked;
    let left = 0;
    for (const {section, name, rows} of files) {
      let any = false;
      const here = name.includes(file);
      for (const entry of rows) {
        const keep = here && wanted.has(entry.severity) && (!rule || entry.rule === rule) && (!fixable || entry.fix)
          && words.every(word => text(entry).includes(word));
        entry.row.hidden = !keep;
        any ||= keep;
        left += keep;
      }
      section.hidden = !any;
    }
    none.hidden = left > 0;
    shown.textContent = left === total ? `${total.toLocaleString("en")} findings`
      : `${left.toLocaleString("en")} of ${total.toLocaleString("en")} findings`;
    remember(wanted, rule, fixable);
  }

  // The address remembers the filters, so that a view can be sent to somebody.
  function remember(wanted, rule, fixable) {
    const parts = new URLSearchParams();
    if (wanted.size < severities.length) parts.set("severity", [...wanted].join(","));
    if (rule) parts.set("rule", rule);
    if (form.file.value) parts.set("file", form.file.value);
    if (form.text.value) parts.set("text", form.text.value);
    if (fixable) parts.set("fixable", "1");
    const hash = parts.toString();
    if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  }

  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const wanted = parts.get("severity");
    for (const box of severities) box.checked = wanted === null || wanted.split(",").includes(box.value);
    form.rule.value = [...form.rule.options].some(option => option.value === parts.get("rule")) ? parts.get("rule") : "";
    form.file.value = parts.get("file") ?? "";
    form.text.value = parts.get("text") ?? "";
    if (form.fixable) form.fixable.checked = parts.has("fixable");
    apply();
  }

  let waiting = 0;
  form.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(apply); });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", recall);
  form.hidden = false;
  recall();
})();
"""
"""The whole script."""
