/** The page's style: light and dark, from 320 px up, readable in print. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #fff; --card: #f6f8fa;
  --good: #116329; --good-bg: #dafbe1; --bad: #a40e26; --bad-bg: #ffebe9; --open: #6b4300; --open-bg: #fff8c5; --accent: #0757ba }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #a5afba; --line: #373e47; --page: #0d1117; --card: #161b22;
  --good: #7ee787; --good-bg: #10301a; --bad: #ffa198; --bad-bg: #3d1418; --open: #f2cc60; --open-bg: #332600; --accent: #79b8ff } }
* { box-sizing: border-box }
[hidden] { display: none !important }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main, footer, .answer > * { max-width: 76rem; margin-inline: auto; padding-inline: 1rem }
a { color: var(--accent) }
.skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem }
.answer { padding-block: 2rem; border-bottom: 1px solid var(--line) }
.answer.good { background: var(--good-bg) } .answer.bad { background: var(--bad-bg) } .answer.open { background: var(--open-bg) }
.answer .kicker, .answer a { color: inherit }
.answer h1 { font-size: clamp(2rem, 7vw, 3.5rem); line-height: 1.1; margin-block: 0 .5rem }
.good h1 { color: var(--good) } .bad h1 { color: var(--bad) } .open h1, .scope { color: var(--open) }
.kicker { margin-block: 0; letter-spacing: .08em; text-transform: uppercase; font-size: .8rem }
.lead { font-size: 1.1rem; margin-block: 0; overflow-wrap: anywhere }
.reasons { overflow-wrap: anywhere } .reasons ul { padding-left: 1.2rem; margin-block: .5rem 0 }
h2 { margin-top: 2rem } h3 { margin-block: 1.5rem .5rem; font-size: 1.1rem } h4 { margin-block: .5rem 0; overflow-wrap: anywhere }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; padding: 0; list-style: none }
.tile { display: flex; flex-direction: column-reverse; align-items: flex-start; font: inherit; font-size: .85rem; color: var(--text); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; min-width: 7rem; background: var(--card); cursor: pointer }
.tile[aria-pressed=true] { outline: 2px solid var(--accent) }
.count { font-size: 1.8rem; font-weight: 600 } .count[data-count="0"] { color: var(--soft) !important }
.agree .count { color: var(--good) } .differ .count, .both-failed .count { color: var(--bad) } .not-verified .count { color: var(--open) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem } caption { text-align: left; font-weight: 600; padding-block: .5rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line) }
td { overflow-wrap: anywhere } .versions td { overflow-wrap: break-word } .differences td { min-width: 7.5rem } .differences th[scope=row] { font-size: .85rem; font-weight: 400 } .facts { list-style: none; margin: 0; padding: 0 } meter { width: 8rem }
.numbers td, .numbers thead th:not(:first-child) { overflow-wrap: normal; text-align: right; font-variant-numeric: tabular-nums }
#filters { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; margin-bottom: 1rem }
#filters input, #filters select { font: inherit; padding: .3rem .5rem; border: 1px solid var(--soft); border-radius: .35rem; background: var(--page); color: var(--text); max-width: 100% }
#filters [name=tag] { width: 9rem } ::placeholder { color: var(--soft); opacity: 1 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
details { margin-block: .5rem } summary { cursor: pointer }
.scenario { border: 1px solid var(--line); border-radius: .5rem; background: var(--card) }
.scenario > :not(summary) { margin-inline: 1rem }
.scenario > summary { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; padding: .5rem 1rem }
.name { flex: 1 1 18rem; overflow-wrap: anywhere } .feature, small, .source { color: var(--soft) } .feature, small { font-size: .85rem }
.badge { border-radius: 1rem; padding: 0 .6rem; font-size: .8rem; font-weight: 600; border: 1px solid currentColor }
.badge.agree { color: var(--good) } .badge.differ, .badge.both-failed { color: var(--bad) } .badge.not-verified, .badge.listed { color: var(--open) }
.rule { font-style: italic; color: var(--soft); margin-block: .25rem } .reason { font-weight: 600 } .reason, .blame, .entry { overflow-wrap: anywhere }
.entry { border-left: .25rem solid var(--open); padding-left: .75rem }
.steps { padding-left: 1.5rem } .steps li { overflow-wrap: anywhere } li.failed > b, li.error > b, li.undefined > b, li.failed > small, li.error > small { color: var(--bad) }
.data { width: auto; max-width: 100%; margin: .25rem 0 .5rem; font-size: .85rem; background: var(--page) } .data td, .data th { border: 1px solid var(--line); padding: .1rem .5rem; font-weight: 400 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page); border: 1px solid var(--line); border-radius: .35rem; padding: .5rem; margin-block: .25rem .5rem; font-size: .8rem; color: var(--text) }
pre.message { border-left: .25rem solid var(--bad) } code { font-size: .9em; overflow-wrap: anywhere }
.histories { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem } .histories > * { min-width: 0 }
.outcome { margin: 0; color: var(--soft); font-size: .85rem }
.lanes { display: flex; gap: .5rem; margin-block: .5rem }
.lanes ul { list-style: none; margin: 0; padding: 0; font: .7rem/14px ui-monospace, monospace; max-width: 9rem } .lanes li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; height: 14px }
.lanes svg { flex: 1; min-width: 0; background: var(--page); border: 1px solid var(--line); cursor: crosshair }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin-block: 0 .75rem; font-size: .8rem; color: var(--soft) } .legend svg { width: .7rem; height: .7rem; margin-right: .35rem }
.ready { --c: #1a7f37 } .ready.r1 { --c: #0757ba } .ready.r2 { --c: #7d3fd1 } .ready.r3 { --c: #8a4b00 }
.starting { --c: #8c96a0; --on: #000 } .running { --c: #57606a } .terminating { --c: #e0c46c; --on: #000 } .failing { --c: #c0142c }
rect, path { fill: var(--c) } .grid td[class]:not(.none) { background: var(--c); color: var(--on, #fff) }
.time { display: flex; gap: .75rem; align-items: center; font-size: .85rem } .time input { flex: 1; max-width: 40rem }
.grid { width: auto; font-size: .75rem; margin-block: .5rem } .grid th, .grid td { padding: .1rem .4rem; border: 1px solid var(--line); min-width: 5.5rem; height: 1.4rem }
.before { margin: 0; padding-left: 1.2rem; color: var(--soft); font-size: .8rem }
.attempts, .placements, .events, .refusals { font-size: .8rem; padding-left: 1.2rem; margin-block: .25rem; overflow-wrap: anywhere } .attempts .failed, .attempts .error { color: var(--bad) }
.source { font-size: .8rem; overflow-wrap: anywhere }
.cell { white-space: nowrap } .cell.yes { color: var(--good) } .cell.no { color: var(--bad); font-weight: 600 } .cell.otherwise { color: var(--open); font-weight: 600 } .cell.unknown { color: var(--soft) } .versions small, .numbers small { display: block } .versions th small, .numbers th small { font-weight: 400 } .versions tbody th { font-weight: 400; min-width: 9rem; overflow-wrap: anywhere } .versions td a { display: inline-block; padding-block: .25rem } .versions [scope=rowgroup] { padding-top: 1rem; font-weight: 600 }
footer { color: var(--soft); font-size: .85rem; padding-block: 2rem; overflow-wrap: anywhere }
@page { margin: 12mm } @media print { tr, pre, h2, h3, h4, summary, .tile, .lanes { break-inside: avoid } h2, h3, h4, caption, summary { break-after: avoid } .tile { cursor: auto } #filters, .skip, .time { display: none } .scenario:not([open]) { break-inside: avoid } html { font-size: 11px } rect, path, .answer, .grid td { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
