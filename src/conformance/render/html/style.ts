/** The page's style: light and dark, from 320 px up, readable in print. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #fff; --card: #f6f8fa;
  --good: #116329; --good-bg: #dafbe1; --bad: #a40e26; --bad-bg: #ffebe9; --open: #7d4e00; --open-bg: #fff8c5; --accent: #0757ba }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9aa4af; --line: #373e47; --page: #0d1117; --card: #161b22;
  --good: #7ee787; --good-bg: #10301a; --bad: #ffa198; --bad-bg: #3d1418; --open: #f2cc60; --open-bg: #332600; --accent: #79b8ff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main, footer, .answer > * { max-width: 76rem; margin-inline: auto; padding-inline: 1rem }
.skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: 1rem; background: var(--page); padding: .5rem }
.answer { padding-block: 2rem; border-bottom: 1px solid var(--line) }
.answer.good { background: var(--good-bg) } .answer.bad { background: var(--bad-bg) } .answer.open { background: var(--open-bg) }
.answer h1 { font-size: clamp(2rem, 7vw, 3.5rem); line-height: 1.1; margin-block: 0 .5rem }
.good h1 { color: var(--good) } .bad h1 { color: var(--bad) } .open h1 { color: var(--open) }
.kicker { margin-block: 0; letter-spacing: .08em; text-transform: uppercase; font-size: .8rem; color: var(--soft) }
.lead { font-size: 1.1rem; margin-block: 0; overflow-wrap: anywhere }
.reasons { padding-left: 2.2rem !important; overflow-wrap: anywhere }
h2 { margin-top: 2rem } h3 { margin-block: .5rem 0; font-size: 1rem; overflow-wrap: anywhere }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem }
.tile { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; min-width: 7rem; background: var(--card) }
.tile[role=button] { cursor: pointer }
.tile dt { color: var(--soft); font-size: .85rem } .tile dd { margin: 0; font-size: 1.8rem; font-weight: 600 }
.tile dd[data-count="0"] { color: var(--soft) !important }
.tile.agree dd { color: var(--good) } .tile.differ dd, .tile.both-failed dd { color: var(--bad) } .tile.not-verified dd { color: var(--open) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem } caption { text-align: left; font-weight: 600; padding-block: .5rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line) }
td { overflow-wrap: anywhere } .numbers td { overflow-wrap: normal; text-align: right; font-variant-numeric: tabular-nums } meter { width: 8rem }
#filters { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; margin-bottom: 1rem }
#filters input, #filters select { font: inherit; padding: .3rem .5rem; border: 1px solid var(--line); border-radius: .35rem; background: var(--page); color: var(--text); max-width: 100% }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.scenario { border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .5rem; background: var(--card) }
.scenario > :not(summary) { margin-inline: 1rem }
.scenario > summary { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; cursor: pointer; padding: .5rem 1rem }
.name { flex: 1 1 18rem; overflow-wrap: anywhere } .feature { color: var(--soft); font-size: .85rem }
.badge { border-radius: 1rem; padding: 0 .6rem; font-size: .8rem; font-weight: 600; border: 1px solid currentColor }
.badge.agree { color: var(--good) } .badge.differ, .badge.both-failed { color: var(--bad) } .badge.not-verified { color: var(--open) }
.rule { font-style: italic; color: var(--soft); margin-block: .25rem } .reason { font-weight: 600; overflow-wrap: anywhere }
.steps { padding-left: 1.5rem } .steps li { overflow-wrap: anywhere } .keyword { font-weight: 600 }
.outcomes { color: var(--soft); font-size: .8rem; margin-left: .75rem } .steps .failed, .steps .error, .steps .undefined { color: var(--bad) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page); border: 1px solid var(--line); border-radius: .35rem; padding: .5rem; font-size: .8rem; color: var(--text) }
code { font-size: .9em; overflow-wrap: anywhere }
.histories { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem }
.outcome { margin: 0; color: var(--soft); font-size: .85rem }
.lanes { display: flex; gap: .5rem; margin-block: .5rem }
.lanes ul { list-style: none; margin: 0; padding: 0; font: .7rem/14px ui-monospace, monospace; max-width: 9rem } .lanes li { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; height: 14px }
.lanes svg { flex: 1; min-width: 0; background: var(--page); border: 1px solid var(--line) }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin-block: 0 .75rem; font-size: .8rem; color: var(--soft) } .legend svg { width: .7rem; height: .7rem; margin-right: .35rem }
rect.ready { fill: #2da44e } rect.ready.r1 { fill: #218bff } rect.ready.r2 { fill: #a475f9 } rect.ready.r3 { fill: #bf8700 }
rect.starting { fill: #9aa4af } rect.terminating { fill: #e0c46c } rect.failing { fill: #d1242f }
.time { display: flex; gap: .75rem; align-items: center; font-size: .85rem } .time input { flex: 1; max-width: 40rem }
.grid { width: auto; font-size: .75rem; margin-block: .5rem } .grid th, .grid td { padding: .1rem .4rem; border: 1px solid var(--line); min-width: 5.5rem; height: 1.4rem }
.grid .ready { background: #1a7f37; color: #fff } .grid .ready.r1 { background: #0757ba } .grid .ready.r2 { background: #7d3fd1 } .grid .ready.r3 { background: #7d4e00 }
.grid .starting { background: #57606a; color: #fff } .grid .terminating { background: #e0c46c; color: #1b1f24 } .grid .failing { background: #a40e26; color: #fff }
.blame { overflow-wrap: anywhere } .before { margin: 0; padding-left: 1.2rem; color: var(--soft); font-size: .8rem }
.attempts, .placements, .times { font-size: .8rem; padding-left: 1.4rem; overflow-wrap: anywhere } .attempts .failed, .attempts .error { color: var(--bad) }
.events, .refusals { font-size: .8rem; color: var(--soft); padding-left: 1.2rem; overflow-wrap: anywhere }
.source { font-size: .8rem; color: var(--soft); overflow-wrap: anywhere }
footer { color: var(--soft); font-size: .85rem; padding-block: 2rem; overflow-wrap: anywhere }
@media print { #filters, .skip { display: none } .scenario { break-inside: avoid } body { font-size: 11px } }
`
