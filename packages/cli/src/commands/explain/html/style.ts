/** The style of the page: one column, light and dark; wide parts scroll separately. */
export const style = `
:root { color-scheme: light dark; --back: #fbfbf9; --card: #ffffff; --ink: #1d1f23; --soft: #666b75; --line: #dedfe3; --code: #f4f4f1;
  --added: #e3f4e4; --added-ink: #14591c; --removed: #fbe6e4; --removed-ink: #8e1b13; --accent: #1f5fbf; --good: #1f7a34; --bad: #b3261e;
  --w0: #2f6fd0; --w1: #d8792a; --w2: #3d9a50; --w3: #b0488f; --w4: #7a6bd1; --w5: #b09a1e; --w6: #2a9c9c; --w7: #b5545c; --cell-ink: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --back: #15171b; --card: #1c1f25; --ink: #e4e6ea; --soft: #9aa1ad; --line: #343943; --code: #171a1f;
  --added: #16321c; --added-ink: #a4dfae; --removed: #3b1d1c; --removed-ink: #f0b1ab; --accent: #8ab4f8; --good: #7fd391; --bad: #f2a39c;
  --w0: #5b94ea; --w1: #e0924a; --w2: #5fb871; --w3: #cd72b0; --w4: #9a8dea; --w5: #cbb544; --w6: #4fbcbc; --w7: #d4777f; --cell-ink: #10131a; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', sans-serif }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 80px }
h1 { font-size: 26px; margin: 0 0 2px; letter-spacing: -.01em; overflow-wrap: anywhere }
h2 { font-size: 19px; margin: 44px 0 10px }
h3 { font-size: 15px; margin: 0 0 4px }
p { margin: 6px 0 12px; max-width: 78ch }
.soft, caption, figcaption { color: var(--soft) }
code, pre, .step { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 13px }
code { overflow-wrap: anywhere }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 10px 0; margin: 8px 0; overflow-x: auto; line-height: 1.5 }
pre > span { display: block; width: max-content; min-width: 100%; padding: 0 14px; white-space: pre }
pre .added { background: var(--added); color: var(--added-ink) }
pre .removed { background: var(--removed); color: var(--removed-ink) }
pre .note { color: var(--soft) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; margin: 12px 0 }
.facts { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0 }
.facts > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 8px 14px; min-width: 120px }
.facts b { display: block; font-size: 21px; font-weight: 650; font-variant-numeric: tabular-nums }
.facts span { color: var(--soft); font-size: 13px }
.now { color: var(--soft); font-size: 13px; margin: 6px 0 0; display: flex; flex-wrap: wrap; gap: 2px 18px }
.now b { color: var(--ink); font-weight: 600 }
.wide { overflow-x: auto; margin: 10px 0 }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums }
caption { text-align: left; padding-bottom: 4px }
th { text-align: left; color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line) }
th, td { padding: 4px 18px 4px 0; vertical-align: top; white-space: nowrap }
td.n, th.n { text-align: right }
td:has(.text) { white-space: normal; min-width: 260px }
td:has(code) { white-space: normal; min-width: 190px; max-width: 340px }
.good { color: var(--good) } .bad { color: var(--bad) }
.bar { display: inline-block; height: 10px; border-radius: 2px; background: var(--w0); vertical-align: baseline }
.bar.fewest { background: var(--w2) }
figure { margin: 14px 0 22px }
figure .wide { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: 10px }
figcaption { font-size: 13.5px; max-width: 90ch }
figcaption b { color: var(--ink) }
svg { display: block; font: 10px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
svg text { fill: var(--soft) }
svg text.in { fill: var(--cell-ink) }
svg .cut { stroke: var(--cell-ink); fill: none }
svg .later { opacity: .32 }
svg .odd { filter: brightness(1.16) }
svg .first { stroke: var(--ink); stroke-width: 1.4 }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--soft); margin: 8px 0 }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 5px; vertical-align: -1px }
details > summary { cursor: pointer; color: var(--accent); margin: 8px 0 }
@media (max-width: 640px) { main { padding: 18px 12px 60px } .facts > div { flex: 1 1 40% } h1 { font-size: 21px } }
`
