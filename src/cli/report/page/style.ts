import { themeStyle } from './tokens.ts'

const HUES = 12

/** Hue of the sleeve at a declared place; after twelve the hues repeat dashed, then dotted. */
export function hueClass(place: number): string {
  const dash = ['', ' dashed', ' dotted'][Math.min(2, Math.floor(place / HUES))]
  return `s${place + 1} h${(place % HUES) + 1}${dash}`
}

const hues = Array.from({ length: HUES }, (_, index) => `.h${index + 1}{--hue:var(--sleeve-${index + 1})}`).join('')
const ramp = Array.from(
  { length: 9 },
  (_, index) => `.d${index}{background:var(--d${index});color:var(--i${index})}`,
).join('')

const base = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scrollbar-gutter:stable}
body{margin:0;background:var(--bg);color:var(--text);font:400 13px/20px Inter,ui-sans-serif,system-ui,'Segoe UI',Roboto,Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums;-webkit-font-smoothing:antialiased}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}ul,ol{list-style:none}
a{color:var(--accent)}b{font-weight:550}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.away{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.up{color:var(--pos)}.down{color:var(--neg)}.late{color:var(--warn)}.soft{color:var(--text-3);font-weight:400}.mid{color:var(--text-2)}
.bar{display:flex;align-items:center;gap:12px;height:52px;padding:0 24px;border-bottom:1px solid var(--line)}
.brand{display:flex;align-items:center;gap:9px;font-weight:620;font-size:15px;letter-spacing:-.01em}
.brand svg{width:22px;height:22px;fill:none;stroke-width:2;stroke-linecap:round}
.mode{margin-left:auto;padding:2px 9px;border-radius:99px;border:1px solid var(--control);font-weight:550;font-size:12px;line-height:18px}
main{max-width:1680px;margin:0 auto;padding:20px 24px 32px}
h1{font-size:20px;line-height:26px;font-weight:620;letter-spacing:-.015em;overflow-wrap:anywhere}
.sub{color:var(--text-3)}
.capitals{display:flex;flex-wrap:wrap;gap:4px 20px;margin:14px 0;color:var(--text-2)}.capitals b{color:var(--text);margin-left:6px}.capitals .whole{color:var(--text)}
.attn{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:16px}.attn li{min-height:36px;padding:8px 12px;border-radius:6px;background:var(--surface);box-shadow:0 0 0 1px var(--edge);color:var(--text-2);overflow-wrap:anywhere}.attn b{color:var(--text)}
.attn .warned{background:var(--warn-bg);box-shadow:0 0 0 1px color-mix(in srgb,var(--warn) 45%,transparent)}.attn .warned b::before,.flag::before{content:'▲';font-size:9px;vertical-align:1px;margin-right:6px;color:var(--warn)}
.grid{display:grid;grid-template-columns:repeat(12,minmax(0,1fr));gap:16px}
.panel{position:relative;grid-column:span 12;background:var(--surface);border-radius:10px;box-shadow:0 0 0 1px var(--edge);min-width:0;display:flex;flex-direction:column;overflow:hidden}
.stack{display:flex;flex-direction:column;gap:16px;min-width:0}.stack>.panel{flex:1 0 auto}.w8{grid-column:span 8}.w7{grid-column:span 7}.w6{grid-column:span 6}.w5{grid-column:span 5}.w4{grid-column:span 4}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 8px;padding:12px 16px 4px}
h2{font-size:14px;line-height:20px;font-weight:600;letter-spacing:-.005em}h3{font-size:12px;line-height:16px;font-weight:500;color:var(--text-3);padding:12px 16px 4px}
.part{grid-column:span 12;margin:12px 0 -4px;font-size:17px;line-height:24px;font-weight:620;letter-spacing:-.012em}
.unit{color:var(--text-3);font-size:12px}
.empty{padding:8px 16px 20px;color:var(--text-2)}.note{padding:6px 16px 14px;color:var(--text-3);font-size:12px;line-height:17px}
.kpis{grid-column:span 12;display:grid;grid-template-columns:1.7fr repeat(6,1fr);padding:16px 0}
.kpi{padding:0 16px;border-left:1px solid var(--line);min-width:0}.kpi:first-child{border:0}
.kpi dt{font-size:12px;line-height:16px;color:var(--text-2);margin-bottom:4px}.kpi .v{font-size:22px;line-height:28px;font-weight:600;letter-spacing:-.02em;white-space:nowrap}
.kpi .x{font-size:12px;line-height:18px;color:var(--text-3);margin-top:2px}.kpi.main .v{font-size:34px;line-height:38px;font-weight:620;letter-spacing:-.028em}.kpi.main small{font-size:20px;font-weight:550;color:var(--text-3);letter-spacing:-.01em}
.meter{position:relative;height:4px;border-radius:2px;background:var(--raised);margin:8px 0 4px}.meter i{position:absolute;inset:0 auto 0 0;border-radius:2px;background:var(--text-2)}.meter u{position:absolute;top:-3px;bottom:-3px;width:2px;background:var(--text-3)}`

const charts = `.chart{padding:4px 0 8px;display:block}.chart:focus-visible{outline-offset:-3px}
.chips{display:flex;flex-wrap:wrap;gap:6px;padding:4px 16px 12px}.chip{display:inline-flex;align-items:center;gap:6px;min-height:24px;padding:0 9px;border-radius:99px;border:1px solid var(--line);font-size:12px;line-height:18px;color:var(--text-2)}
.chip b{color:var(--text);min-width:5ch}.chip s{width:12px;height:0;border-top:2.5px solid var(--hue,var(--text))}.chip.date{border-color:transparent;padding-left:0;min-width:11ch}label.chip{cursor:pointer;background:var(--raised)}
input:not(:checked)+label.chip{background:none}input:not(:checked)+label.chip>*{opacity:.45}input:focus-visible+label.chip{outline:2px solid var(--accent);outline-offset:2px}
.plotrow{display:grid;grid-template-columns:72px minmax(0,1fr) 190px;grid-template-rows:minmax(0,1fr);height:var(--h)}.long-names .plotrow{grid-template-columns:72px minmax(0,1fr) 260px}.plotrow+.plotrow{margin-top:18px}.xrow.plotrow{--h:22px;margin-top:6px}
.yaxis,.xaxis,.ends,.plot{position:relative}.yaxis span,.xaxis span{position:absolute;font-size:11.5px;line-height:14px;color:var(--text-3);white-space:nowrap}.yaxis span{right:10px;transform:translateY(-50%)}.xaxis span{transform:translateX(-50%);top:4px}
.plot{touch-action:pan-y}.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.plot path{vector-effect:non-scaling-stroke;fill:none}.plot .rule{stroke:var(--line);stroke-width:1}.plot .zero{stroke:var(--control)}.plot .year{stroke-dasharray:1 4}
.line{stroke:var(--hue,var(--text));stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}.line.whole{stroke:var(--text);stroke-width:2.6}.line.dashed{stroke-dasharray:5 4}.line.dotted{stroke-dasharray:1 4}.line.shadow{stroke-dasharray:5 4}.shadow{--hue:var(--text-2)}
.plot path.area{fill:var(--neg);opacity:.16}.line.fall{stroke:var(--neg)}.fall{--hue:var(--neg)}.guide{stroke:var(--control);stroke-width:1;stroke-dasharray:4 4}.guide.halt{stroke:var(--neg)}
.guidetext{position:absolute;right:4px;transform:translateY(-115%);font-size:11px;line-height:14px;color:var(--text-3)}.guidetext.halt{color:var(--neg)}
.end{position:absolute;left:8px;right:14px;margin-top:-9px;display:flex;align-items:center;gap:6px;font-size:12px;line-height:18px;color:var(--text-2);white-space:nowrap}.end s{flex:none;width:10px;height:3px;border-radius:2px;background:var(--hue,var(--text))}.end span{overflow:hidden;text-overflow:ellipsis}.end b{margin-left:auto}.end.whole{color:var(--text);font-weight:600}
.cursor{display:none;position:absolute;top:0;bottom:0;left:var(--x);width:1px;background:var(--control);pointer-events:none}.chart.on .cursor{display:block}`

const tables = `.scroll{position:relative;overflow-x:auto;padding:0 0 6px;scrollbar-width:thin;scrollbar-color:var(--line) transparent}
table{border-collapse:collapse;width:100%}th{font-size:12px;line-height:16px;font-weight:500;color:var(--text-3);text-align:right;padding:8px 10px;white-space:nowrap}
thead th{border-bottom:1px solid var(--line);vertical-align:bottom;white-space:normal;min-width:58px}td{text-align:right;padding:5px 10px;height:36px;white-space:nowrap;border-bottom:1px solid color-mix(in srgb,var(--line) 60%,transparent)}
tbody th[scope=row]{text-align:left;font-weight:550;white-space:nowrap;font-size:13px;line-height:20px;color:var(--text);border-bottom:1px solid color-mix(in srgb,var(--line) 60%,transparent);padding-top:5px;padding-bottom:5px}
th:first-child,td:first-child{text-align:left;padding-left:16px;position:sticky;left:0;background:var(--surface);z-index:1}th:last-child,td:last-child{padding-right:16px}
tbody tr:last-child>*{border-bottom:0}tbody tr:hover>*:not(.d){background:var(--raised)}tfoot td,tfoot th{border-top:1px solid var(--line);border-bottom:0;font-weight:600;color:var(--text);font-size:13px}.l{text-align:left}.wrap{white-space:normal;min-width:180px;overflow-wrap:anywhere;line-height:18px}
.nm{display:inline-flex;align-items:center;gap:9px;max-width:260px}.nm i{width:10px;height:10px;border-radius:3px;flex:none;background:var(--hue)}.nm i.none{background:none;box-shadow:inset 0 0 0 1.5px var(--control)}.nm span{overflow:hidden;text-overflow:ellipsis}.nm em{display:block;font-style:normal;font-weight:400;font-size:12px;line-height:16px;color:var(--text-3)}
.range{display:block;font-style:normal;font-size:11.5px;line-height:15px;color:var(--text-3)}.losses td{padding-top:6px;padding-bottom:6px}tbody th.group{padding-top:12px;font-size:12px;font-weight:500;color:var(--text-3)}
.out{color:var(--warn)}.out::after{content:' ▲';font-size:9px;vertical-align:1px}
.spark{display:block;margin-left:auto;width:104px;height:26px;overflow:visible}.spark path{fill:none;stroke:var(--hue,var(--text));stroke-width:1.5;stroke-linejoin:round}
.heat{border-collapse:separate;border-spacing:2px;padding:0 12px;min-width:max-content}.heat th,.heat thead th{border:0;min-width:0;padding:4px 6px;text-align:center}.heat th:first-child{padding-left:4px;text-align:left}.heat td,.heat td:last-child{border:0;border-radius:4px;height:30px;padding:0 6px;text-align:center;min-width:52px;position:static}.heat td.none{background:var(--raised);color:var(--text-3)}.heat td.total{font-weight:600;text-align:right}.heat .own{background:var(--raised);color:var(--text-3)}
.corr td{height:40px;min-width:52px}.corr th[scope=row]{white-space:normal;min-width:110px}.corr .nm{font-weight:500}.corr .nm.bare{gap:0}.corr td.goal::after{content:'';display:inline-block;width:5px;height:5px;border-radius:50%;background:currentColor;vertical-align:3px;margin-left:4px}.corr td.alert{box-shadow:inset 0 0 0 2px var(--warn)}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;padding:6px 16px 14px;font-size:12px;color:var(--text-3)}.key span{display:inline-flex;align-items:center;gap:7px}.dot{width:6px;height:6px;border-radius:50%;background:var(--text-2)}.ring{width:12px;height:12px;border-radius:3px;box-shadow:inset 0 0 0 2px var(--warn)}
.narrow-only,.only-phone{display:none}.trade .only-phone{width:10px;height:10px;border-radius:3px;margin-right:8px;background:var(--hue)}.why{white-space:normal;min-width:96px;line-height:18px}
.duo{display:inline-block;position:relative;width:100%;min-width:70px;height:14px;vertical-align:middle}.duo i{position:absolute;left:0;border-radius:2px}.duo .g{top:1px;bottom:1px;background:color-mix(in srgb,var(--text-3) 30%,transparent)}.duo .n{top:4px;bottom:4px;background:var(--text)}
.big{padding:8px 16px 12px}.big b{display:block;font-size:22px;line-height:28px;font-weight:600;letter-spacing:-.02em}.big span{color:var(--text-2)}
.seg{display:inline-flex;border-radius:6px;background:var(--raised);padding:2px;margin-left:auto;align-self:center}.seg label{padding:2px 10px;border-radius:4px;font-size:12px;line-height:20px;color:var(--text-2);cursor:pointer}.seg input:checked+label{background:var(--surface);color:var(--text);box-shadow:0 0 0 1px var(--line)}.seg input:focus-visible+label{outline:2px solid var(--accent)}
.tab{display:none}#tab-last:checked~.tab-last,#tab-best:checked~.tab-best,#tab-worst:checked~.tab-worst,.trades:has(#tab-last:checked) .tab-last,.trades:has(#tab-best:checked) .tab-best,.trades:has(#tab-worst:checked) .tab-worst{display:block}
details{border-top:1px solid var(--line)}summary{padding:10px 16px;cursor:pointer;color:var(--accent);font-weight:550}summary:hover{background:var(--raised)}
.list{padding:4px 16px 14px}.list li{padding:6px 0;border-bottom:1px solid color-mix(in srgb,var(--line) 60%,transparent);color:var(--text-2);overflow-wrap:anywhere}.list li:last-child{border:0}.list b{color:var(--text)}
.defs{display:grid;grid-template-columns:minmax(120px,200px) minmax(0,1fr);gap:6px 16px;padding:4px 16px 16px}.defs dt{font-weight:550}.defs dd{color:var(--text-2)}
footer{margin-top:20px;color:var(--text-3);font-size:12px;line-height:18px;overflow-wrap:anywhere}`

const narrow = `@media screen and (max-width:1279px){.w8,.w7,.w6,.w5,.w4{grid-column:span 12}.kpis{grid-template-columns:repeat(4,1fr);row-gap:16px}.kpi.main{grid-column:span 2}.kpi:nth-child(4){border-left:0}}
@media screen and (max-width:767px){html{scrollbar-gutter:auto}.only-phone{display:inline-block}.not-phone,.trade :is(th,td):is(:nth-child(n+2):nth-child(-n+6),:nth-child(8),:nth-child(10),:nth-child(11)){display:none}.bar{height:48px;padding:0 16px}main{padding:12px 12px 24px}.grid{gap:12px}h1{font-size:18px}.capitals{gap:2px 16px;margin:10px 0}.attn{flex-direction:column}
.kpis{grid-template-columns:1fr 1fr;gap:0;padding:0}.kpi{padding:12px 16px;border:0;border-top:1px solid var(--line)}.kpi.main{grid-column:span 2;border:0}.kpi:nth-child(odd){border-left:1px solid var(--line)}.kpi:first-child{border:0}.kpi .v{font-size:20px;line-height:26px}
.plotrow,.long-names .plotrow{grid-template-columns:minmax(0,1fr) 64px;padding-left:16px}.plotrow .yaxis{grid-column:2;grid-row:1}.yaxis span{right:auto;left:8px}.plotrow .plot,.plotrow .xaxis{grid-column:1;grid-row:1}.ends{display:none}.xaxis .opt{display:none}.xaxis span:first-child{transform:none}label.chip{min-height:32px}
.trade tbody th[scope=row]{white-space:normal;min-width:132px}.wide-only{display:none}.narrow-only{display:block}.wrap{min-width:170px}.nm{max-width:150px}.nm em{display:none}.stack{gap:12px}.heat td{min-width:44px;padding:0 2px;font-size:12px}.heat thead th{min-width:0}.corr td{min-width:40px}.corr th[scope=row]{min-width:96px}.defs{grid-template-columns:1fr;gap:0}.defs dd{margin-bottom:10px}.seg{margin-left:0;width:100%}.seg label{flex:1;text-align:center;line-height:28px}.heat{padding:0 8px}}
@media (prefers-reduced-motion:no-preference){.chip{transition:opacity .12s}}
@media print{.kpis{grid-template-columns:repeat(4,1fr);row-gap:10px}.kpi.main{grid-column:span 2}.plotrow,.long-names .plotrow{grid-template-columns:52px minmax(0,1fr) 150px}.end{font-size:10px}thead th{min-width:0}.heat td{min-width:0;padding:0 1px}.nm em{display:none}@page{size:A4;margin:12mm}body{background:#fff;font-size:11px}.bar,details>summary,.seg{display:none}main{padding:0}.panel{break-inside:avoid;box-shadow:none;border:1px solid var(--line)}.panel.long{break-inside:auto}.tab{display:block}.scroll{overflow:visible}.w8,.w7,.w6,.w5,.w4{grid-column:span 12}.grid,.stack{display:block}.panel{margin-bottom:10px}table,table :is(td,th,tfoot th,tbody th[scope=row]){font-size:9px!important;line-height:12px}td,th{padding:3px 4px;height:auto;position:static!important}.wrap{min-width:0}.sleeves :is(th,td):is(:nth-child(13),:nth-child(15)),.trade :is(th,td):is(:nth-child(10),:nth-child(11)){display:none}.sleeves :is(th,td),.trade :is(th,td){padding:3px 2px;font-size:8px!important}.trade .nm{max-width:90px}.nm{max-width:150px}.chip{border:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`

/** The page's only style sheet; `toggles` is how many lines its charts can hide. */
export function styleSheet(toggles: number): string {
  const hidden = Array.from(
    { length: toggles },
    (_, index) => `.chart:has([data-line=s${index + 1}]:not(:checked)) :is(.line,.end).s${index + 1}{display:none}`,
  )
  const whole = '.chart:has([data-line=whole]:not(:checked)) :is(.line,.end).whole{display:none}'
  return [themeStyle(), base, charts, tables, hues, ramp, whole, ...hidden, narrow].join('\n')
}
