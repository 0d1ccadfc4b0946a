/** `explain --html`: one self-contained page with everything known about a schedule. */
import type { Launch } from '@qernel/codegen'
import { affine, type Kernel } from '@qernel/dsl'
import { costOf, findTransform, printSteps, type ScheduledKernel } from '@qernel/schedule'
import { dispatchesOf, type PicturedAccess, pictured } from '@qernel/schedule/internal'
import { tensorText } from '../../../arguments/kernel.ts'
import { targetNamed } from '../../../targets.ts'
import { patterns } from '../cost-text.ts'
import { grouped, html, type Markup, none, table } from './markup.ts'
import type { PageParts } from './page-parts.ts'
import { picture } from './picture.ts'
import { style } from './style.ts'
import { variationTable } from './variations.ts'

/** What tells a page of this command from any other. */
const generator = '<meta name="generator" content="qernel explain">'

/** Which file would be lost if a page took its place; undefined where it is such a page itself. */
export const lostPage = (text: string): string | undefined =>
  text.includes(generator) ? undefined : 'a file that qernel did not make'

export function page(parts: PageParts): string {
  const { kernel, target, scheduled, scheduleName, sizes } = parts
  const title = `${kernel.name}, ${scheduleName ?? printSteps(scheduled.steps)}`
  const at = [...sizes].map(([name, value]) => `${name} = ${grouped(value)}`).join(', ')
  const body = html`<main>
<h1>${kernel.name}</h1>
<p class="soft">${kernel.summary === '' ? '' : `${kernel.summary}. `}${signature(kernel)}</p>
<p>${targetNamed(target.name).language}, ${scheduleName === undefined ? 'steps of your own' : `schedule ${scheduleName}`}: <code>${printSteps(scheduled.steps)}</code></p>
${parts.problem === undefined ? none : html`<p class="card bad">Cannot run yet: ${parts.problem}</p>`}
${glance(parts)}
<p class="soft">Counted at ${at}${requirements(scheduled)}.</p>
${steps(parts)}
${threads(parts)}
${memory(parts)}
${variationTable(parts)}
${source(parts)}
</main>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${generator}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html`${title}`.text}</title>
<style>${style}</style>
</head>
<body>
${body.text}
</body>
</html>
`
}

const signature = (kernel: Kernel): string => {
  const of = (role: string) =>
    kernel.tensors
      .filter(tensor => tensor.role === role)
      .map(tensorText)
      .join(', ')
  return `${of('input')} → ${of('output')}`
}

const requirements = ({ nest }: ScheduledKernel): string =>
  nest.assumptions
    .map(({ size, multipleOf, because }) => `; ${size} must be a multiple of ${multipleOf}, by ${because}`)
    .join('')

function glance({ facts: { cost, shared }, scheduled }: PageParts): Markup {
  const moved = cost.readBytes + cost.writtenBytes
  const fewest = cost.minimumReadBytes + cost.minimumWrittenBytes
  const dispatches = dispatchesOf(scheduled.nest)
  const fact = (value: string, what: string) => html`<div><b>${value}</b><span>${what}</span></div>`
  const each = (bytes: number) => (cost.elements === 0 ? '0' : (bytes / cost.elements).toFixed(2))
  return html`<div class="facts">
${fact(fewest === 0 ? '–' : `${(moved / fewest).toFixed(2)} ×`, 'the fewest bytes possible')}
${fact(each(moved), `bytes per element; fewest possible ${each(fewest)}`)}
${fact(String(dispatches.length), dispatches.length === 1 ? 'dispatch' : 'dispatches')}
${fact(dispatches.map(({ threads }) => threads).join(', '), 'threads per workgroup')}
${fact(grouped(shared.reduce((sum, { bytes }) => sum + bytes, 0)), 'bytes of shared memory')}
</div>`
}

function steps({ stages, scheduled, sizes }: PageParts): Markup {
  const cards = stages.map(({ step, isRepair, lines }, position) => {
    const name = step?.replace(/\(.*/s, '') ?? ''
    const summary = isRepair ? 'a repair: each packed word gets one owner' : findTransform(name)?.summary
    return html`<section class="card">
<h3 class="step">${step === undefined ? 'before any step' : `${position}. ${step}`}</h3>
${summary === undefined ? none : html`<div class="soft">${summary}</div>`}
<pre>${lines.map(({ change, text }) => html`<span class="${change}">${change === 'added' ? '+' : change === 'removed' ? '−' : ' '} ${text}</span>`)}</pre>
${now(scheduled.history[position] as ScheduledKernel['nest'], sizes)}
</section>
`
  })
  return html`<h2>Steps</h2>
<p class="soft">The loops before the first step and after each. Green lines are new, red lines are gone; a line that only moved deeper is neither.</p>
${cards}`
}

/** The state of the nest after a step. */
function now(nest: ScheduledKernel['nest'], sizes: ReadonlyMap<string, number>): Markup {
  const cost = costOf(nest, sizes)
  const fewest = cost.minimumReadBytes + cost.minimumWrittenBytes
  const ratio = fewest === 0 ? '–' : `${((cost.readBytes + cost.writtenBytes) / fewest).toFixed(2)} ×`
  const dispatches = dispatchesOf(nest)
  const grid = dispatches.map(({ grid: extents }) => {
    const some = extents.filter(extent => extent !== 1).map(affine.printExtent)
    return some.length === 0 ? '1' : some.join(' × ')
  })
  const shared = dispatches.reduce(
    (sum, each) => sum + each.meetingBytes + each.shared.reduce((n, { bytes }) => n + bytes, 0),
    0,
  )
  return html`<div class="now"><span>workgroups <b>${grid.join(', ')}</b></span><span>threads <b>${dispatches.map(({ threads }) => threads).join(', ')}</b></span><span>shared bytes <b>${grouped(shared)}</b></span><span>bytes moved <b>${ratio}</b> the fewest</span></div>`
}

function threads({ scheduled, facts, sizes, compiled }: PageParts): Markup {
  const all = pictured(scheduled.nest, facts.cost, sizes)
  const warps = new Set(all.flatMap(({ map }) => map?.touches.map(({ thread }) => Math.floor(thread / 32) % 8) ?? []))
  const legend = [...warps]
    .sort()
    .map(w => html`<span><i style="background:var(--w${w})"></i>threads ${w * 32} … ${w * 32 + 31}</span>`)
  return html`<h2>Who touches what</h2>
<p class="soft">Every access of the first workgroup to global memory, laid out as in memory. A box is what one thread accesses at once, with
its number. Outlined boxes are the first access of the first 32 threads, which run together; pale ones come later in the loops of a thread.</p>
<div class="legend">${legend}</div>
${all.map(each => figure(each, compiled?.launches))}`
}

function figure(each: PicturedAccess, launches: readonly Launch[] | undefined): Markup {
  const { facts } = each
  const { transactions: t } = facts
  const entry = launches?.[facts.dispatch]?.entry
  const sectors =
    t === undefined
      ? none
      : html` The first 32 threads use ${grouped(t.bytes)} bytes in <b class="${t.sectors > t.fewest ? 'bad' : 'good'}">${t.sectors}</b> ${t.sectors === 1 ? 'sector' : 'sectors'} of 32 bytes, at best ${t.fewest}.`
  return html`<figure><figcaption><b>${facts.kind} ${facts.buffer}</b>${entry === undefined ? '' : ` in ${entry}`}: ${facts.laneBytes} bytes per thread, ${patterns[facts.pattern]}.${sectors}</figcaption>
${picture(each)}</figure>
`
}

function memory({ facts: { cost, accesses, shared }, compiled, sizes }: PageParts): Markup {
  const most = Math.max(1, ...cost.tensors.map(t => Math.max(t.readBytes + t.writtenBytes, t.minimumBytes)))
  const bar = (bytes: number, kind: string) =>
    html`<span class="bar ${kind}" style="width:${((160 * bytes) / most).toFixed(1)}px"></span>`
  const entry = (dispatch: number) => compiled?.launches[dispatch]?.entry ?? `${dispatch + 1}`
  const times = (n: number) => (n === 0 ? '–' : Number(n.toFixed(3)))
  return html`<h2>Memory</h2>
${table(
  ['tensor', 'role', 'elements', 'reads', 'writes', 'bytes', 'fewest', 'moved and fewest', 'repeated'],
  cost.tensors.map(t => [
    t.tensor,
    t.role,
    t.elements,
    times(t.reads),
    times(t.writes),
    t.readBytes + t.writtenBytes,
    t.minimumBytes,
    html`${bar(t.readBytes + t.writtenBytes, '')}<br>${bar(t.minimumBytes, 'fewest')}`,
    t.repeatedBytes,
  ]),
  `Global memory at ${[...sizes].map(([name, value]) => `${name} = ${value}`).join(', ')}. Fewest: each input and each output once. Repeated: loads that some loop repeats and caches serve.`,
)}
${table(
  ['dispatch', 'access', 'bytes per thread', 'threads side by side', 'sectors per warp', 'fewest'],
  accesses.map(a => [
    entry(a.dispatch),
    `${a.kind} ${a.buffer}`,
    a.laneBytes,
    patterns[a.pattern],
    a.transactions?.sectors ?? '–',
    a.transactions?.fewest ?? '–',
  ]),
)}
${
  compiled === undefined
    ? none
    : table(
        ['dispatch', 'workgroups', 'threads per workgroup', 'shared bytes'],
        compiled.launches.map(({ entry: name, grid, workgroup, sharedBytes }) => [
          name,
          grid.map(affine.printExtent).join(' × '),
          threadsText(workgroup),
          sharedBytes,
        ]),
      )
}
${
  shared.length === 0
    ? html`<p class="soft">No shared memory.</p>`
    : table(
        ['dispatch', 'shared memory', 'type', 'bytes', 'bank conflicts'],
        shared.map(s => [
          entry(s.dispatch),
          s.name,
          s.type,
          s.bytes,
          s.bankConflicts === 1 ? 'none' : html`<span class="bad">${grouped(s.bankConflicts)} × as long</span>`,
        ]),
      )
}`
}

function threadsText(workgroup: Launch['workgroup']): string {
  const along = workgroup.filter(count => count > 1)
  return along.length > 1 ? `${along.join(' × ')} = ${along.reduce((a, b) => a * b)}` : String(along[0] ?? 1)
}

function source({ compiled, command }: PageParts): Markup {
  if (compiled === undefined) return none
  const lines = compiled.source.trimEnd().split('\n')
  return html`<h2>The code</h2>
<p class="soft">${lines.length} lines; the same as <code>${command}</code>. Comments on the loops name the steps that made them.</p>
<pre>${lines.map(line => {
    const comment = line.indexOf('//')
    return comment < 0
      ? html`<span>${line}</span>`
      : html`<span>${line.slice(0, comment)}<i class="note">${line.slice(comment)}</i></span>`
  })}</pre>`
}
