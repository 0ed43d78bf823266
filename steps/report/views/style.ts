/** The page's own style: no font, image or sheet from elsewhere. Every pair of colours has a contrast of 4.5 or more. */
export const STYLE = `
:root { color-scheme: light dark;
  --page: #fff; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --soft: #f6f8fa; --link: #0550ae;
  --good: #116329; --good-soft: #dafbe1; --bad: #a40e26; --bad-soft: #ffebe9; --warn: #6f4400; --warn-soft: #fff1c2; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --text: #e6edf3; --muted: #9da7b3; --line: #3d444d; --soft: #161b22; --link: #79b8ff;
    --good: #6fdd8b; --good-soft: #10291b; --bad: #ff9b95; --bad-soft: #351417; --warn: #f0c552; --warn-soft: #2f2508; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 1rem 1.25rem 3rem; color: var(--text); background: var(--page);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3, p, dl, dd, ul { margin: 0; }
h1 { font-size: 1.15rem; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-bottom: .6rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { display: inline; font-size: .95rem; }
section { margin-top: 2rem; }
section > p { margin-bottom: .6rem; max-width: 60rem; }
a { color: var(--link); }
code, .fields td:nth-child(2) { font: .86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.fields td:nth-child(2) code { font-size: 1em; }
.id { overflow-wrap: anywhere; }
.muted, .rest { color: var(--muted); }
.muted { font-size: .9em; font-weight: 400; }
.nowrap { white-space: nowrap; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.headline { border: 1px solid var(--line); border-left: .5rem solid var(--muted); border-radius: .4rem; padding: .8rem 1.1rem;
  background: var(--soft); }
.headline.recorded { border-color: var(--good); background: var(--good-soft); }
.headline.missing { border-color: var(--bad); background: var(--bad-soft); }
.headline.dry-run { border-color: var(--warn); background: var(--warn-soft); }
.verdict { font-size: 1.6rem; line-height: 1.3; margin: .1rem 0 .2rem; }
.recorded .verdict { color: var(--good); } .missing .verdict { color: var(--bad); } .dry-run .verdict { color: var(--warn); }
.sign { display: inline-block; width: 1.5em; height: 1.5em; line-height: 1.5em; border-radius: 50%; margin-right: .2em;
  font-size: .75em; font-weight: 700; text-align: center; vertical-align: .12em; color: var(--page); background: var(--muted); }
.recorded .sign { background: var(--good); } .missing .sign { background: var(--bad); } .dry-run .sign { background: var(--warn); }
.origin { font-size: .9rem; margin-top: .2rem; overflow-wrap: anywhere; }

.badge { display: inline-block; padding: 0 .5em; border: 1px solid; border-radius: 1em; font-size: .82rem; font-weight: 600;
  color: var(--muted); background: var(--soft); }
.badge.good { color: var(--good); background: var(--good-soft); }
.badge.bad { color: var(--bad); background: var(--bad-soft); }
.badge.warn { color: var(--warn); background: var(--warn-soft); }

nav { margin-top: .7rem; font-size: .9rem; } nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.gaps { list-style: none; padding: 0; }
.gaps li { border-left: .25rem solid var(--bad); padding: .15rem 0 .15rem .8rem; margin-bottom: .8rem; max-width: 70rem; }
.next { margin-top: .9rem; }

table { width: 100%; border-collapse: collapse; margin-top: .6rem; }
caption { text-align: left; font-size: .9rem; color: var(--muted); padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 400; }
thead th { font-size: .85rem; font-weight: 600; background: var(--soft); }
.narrow { width: 11rem; } .change { width: 22%; } .outcome { width: 28%; }
ul.plain { list-style: none; padding: 0; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .7rem 1.5rem; }
dt { font-size: .82rem; color: var(--muted); }
dd { overflow-wrap: anywhere; }
.ids div + div { margin-top: .2rem; }
.ids dd { line-height: 1.35; }
.commands > div { margin-top: .5rem; }
.command { display: inline-block; max-width: 100%; padding: .2rem .5rem; border: 1px solid var(--line); border-radius: .3rem;
  background: var(--soft); overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; }
footer { margin-top: 2rem; font-size: .85rem; color: var(--muted); }

.artifacts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(36rem, 100%), 1fr)); gap: .8rem; align-items: start; }
.artifact { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .7rem; min-width: 0; }
.long.rows, .long > .artifact { content-visibility: auto; contain-intrinsic-size: auto 2.6rem; }
.long > .artifact[open] { contain-intrinsic-size: auto 22rem; }
.long.rows { contain-intrinsic-size: auto 300rem; } .long.rows table { table-layout: fixed; }
.artifact p { font-size: .92rem; margin-top: .3rem; }
.artifact .fields { font-size: .9rem; }
.fields th, .fields td { padding: .2rem .5rem .2rem 0; }
.fields thead th { background: none; }
.fields th:first-child { width: 7.6rem; overflow-wrap: normal; } .fields td:last-child { color: var(--muted); width: 38%; }
.fields tr:last-child > * { border-bottom: 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

@media (max-width: 45rem) {
  body { padding: .6rem .7rem 2rem; font-size: 14px; }
  .verdict { font-size: 1.3rem; } .narrow { width: 6.5rem; }
  th, td { padding: .35rem .4rem; }
}
@media screen and (max-width: 30rem) {
  .fields thead { display: none; }
  .fields tr { display: block; padding: .3rem 0; border-bottom: 1px solid var(--line); }
  .fields tr:last-child { border-bottom: 0; }
  .fields th, .fields td, .fields th:first-child, .fields td:last-child { display: block; width: auto; padding: 0; border: 0; }
  .fields th { color: var(--muted); font-size: .9em; }
}
@media print {
  @page { margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  :root { color-scheme: light; }
  nav, footer { display: none; }
  a { color: inherit; text-decoration: none; }
  .named::after { content: " (" attr(href) ")"; color: var(--muted); }
  h2, caption, thead, summary { break-after: avoid; }
  tr, .gaps li, .facts > div, .commands > div { break-inside: avoid; }
  .artifacts { display: block; } .artifact { margin-bottom: 4mm; }
  #release { break-inside: avoid; }
  .long.rows, .long > .artifact { content-visibility: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
