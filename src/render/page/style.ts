/** The page's and the picture's style sheet: dark and light, narrow and wide, screen and paper. No font is loaded. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#5a6470;--rail:#c9d0d8;--unready:#c4314b;--early:#d98a1f;--ready:#2f8f57;--unknown:#9aa4af;--wait:#b3541e;--first:#a0142f;--use:#6a4fb3;--covered:#4a7fb5;--unit:#8795a6;--chain:#35618f;--band:#c4314b22}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--paper:#15181c;--soft:#a3adb8;--rail:#3a424b;--unready:#ef6a80;--early:#f0b04f;--ready:#58c287;--unknown:#6c7681;--wait:#ea8f55;--first:#ff6f87;--use:#ab94ee;--covered:#7cb0e4;--unit:#77859a;--chain:#8cc0f2;--band:#ef6a8026}}
svg{background:var(--paper);overflow:hidden}
svg text{white-space:pre;fill:var(--ink);font:12px ui-monospace,"DejaVu Sans Mono",monospace}
svg .verdict{font-size:14px;font-weight:600}svg .facts{fill:var(--soft)}
svg .axis text{fill:var(--soft);font-size:11px}
svg .tick line{stroke:var(--rail);stroke-width:1;stroke-dasharray:1 3}
svg .rail{fill:var(--rail)}
svg .unready{fill:var(--unready)}svg .early{fill:var(--early)}svg .ready{fill:var(--ready)}svg .unknown{fill:var(--unknown)}
svg .wait{fill:var(--wait)}svg .first{fill:var(--first)}svg .use{fill:var(--use)}svg .reseed{fill:var(--ink)}
svg .unit{fill:var(--unit)}svg .held{fill:var(--wait);fill-opacity:.35;stroke:var(--wait);stroke-dasharray:3 2}svg .behind{stroke:var(--wait);stroke-width:1.5;stroke-dasharray:2 2}
svg .chain{fill:var(--chain);stroke:var(--paper)}svg .finish{fill:var(--ink)}svg .silence{fill:var(--paper);fill-opacity:.75;stroke:var(--covered);stroke-dasharray:2 2}
svg .covered{fill:var(--covered)}svg .gap{fill:var(--paper);stroke:var(--unready);stroke-width:2}
svg .band{fill:var(--band)}svg .ready-line{stroke:var(--ready);stroke-width:1.5;stroke-dasharray:5 3}
svg .curve{fill:none;stroke:var(--ink);stroke-width:1.5}
svg.history{overflow:visible}svg .soft{fill:var(--soft);font-size:11px}svg .level{stroke:var(--rail)}svg .kernel{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}svg .rise{fill:var(--first);font-weight:bold}
svg .boot-ready{fill:var(--ready)}svg .boot-bound{fill:var(--ready);fill-opacity:.4}svg .boot-slow{fill:var(--wait)}svg .boot-never{fill:var(--unready);fill-opacity:.5}svg .boot-unknown{fill:var(--unknown)}
.key .boot-ready{background:var(--ready)}.key .boot-bound{background:var(--ready);opacity:.4}.key .boot-slow{background:var(--wait)}.key .boot-never{background:var(--unready);opacity:.5}.key .boot-unknown{background:var(--unknown)}.gutter{padding-left:56px}
@media (max-width:799px){svg .wide{display:none}}
body{margin:0 auto;max-width:1500px;padding:16px;box-sizing:border-box;color:var(--ink);background:var(--paper);font:15px/1.45 system-ui,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.35rem;margin:.2em 0}h2{font-size:1.05rem;margin:1em 0 .2em}p{margin:.3em 0}ul{margin:.2em 0;padding-left:1.4em}li pre{margin:.2em 0}
.boot+.boot{border-top:2px solid var(--rail);margin-top:2em;padding-top:1em}
.facts{color:var(--soft)}.critical{border-left:4px solid var(--first);padding-left:.6em}.warning{border-left:4px solid var(--early);padding-left:.6em}.note{border-left:4px solid var(--covered);padding-left:.6em}
figure{margin:1em 0}figure svg{display:block;width:100%}figcaption{color:var(--soft);font-size:.85rem}
.key span{display:inline-block;margin-right:.9em}.key i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}.key .unready{background:var(--unready)}.key .early{background:var(--early)}.key .ready{background:var(--ready)}.key .unknown{background:var(--unknown)}.key .wait{background:var(--wait)}.key .first{background:var(--first)}.key .use{background:var(--use)}.key .covered{background:var(--covered)}.key .unit{background:var(--unit)}.key .held{background:var(--wait);opacity:.45}.key .chain{background:var(--chain)}.key .finish,.key .reseed{background:var(--ink)}.key .silence{border:1px dashed var(--covered)}.key .gap{border:1px solid var(--unready)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}th,td{text-align:left;vertical-align:top;padding:.2em .8em .2em 0;border-bottom:1px solid var(--rail);max-width:32em}
pre,code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.85rem;white-space:pre-wrap}pre code{font-size:inherit}
summary{cursor:pointer;margin:.6em 0}
@page{size:A4;margin:10mm}
@media print{:root{color-scheme:light}body{padding:0;font-size:12px;zoom:.75}details{display:none}.boot+.boot{break-before:page}.detail{display:none}figure{break-inside:avoid}}
`;
