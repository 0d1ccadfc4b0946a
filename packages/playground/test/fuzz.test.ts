/** Random edits of kernels and schedules, as a visitor may type them: there is always an answer, and never a fault. `QERNEL_CASES=2000` tries as many. */
import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel, kernelLibrary } from '@qernel/kernels'
import { beforeAll, expect, it } from 'vitest'
import { answer } from '../src/engine/engine.ts'
import { loadLanguage } from '../src/engine/language.ts'
import type { Request, Response, StepText, Subject, TextSource } from '../src/protocol.ts'

const cases = Number(process.env.QERNEL_CASES ?? 60)
const random = randomNumbers(Number(process.env.QERNEL_SEED ?? 1))
const below = (count: number): number => Math.floor(random() * count)
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

/** What people type, and what they paste by mistake. */
const pieces = [
  ...'(){}[]<>,.=;:?!+-*/%&|^~"\'`\\ \n0123456789abtdxTD_#@$é∑\u2028\u0000',
  ...['=>', '1e9', '-1', '0.5', '4294967296', 'NaN', 'const ', 'import ', 'kernel(', 'max(', 'x(t, d)', 'scale', 'f16'],
  ...['tile(t=16,d=16)', 'stage=q', 'vectorize(', 'cache(buffer=x,memory=shared)', '//', '/*', '${', 'while(true){}'],
]

/** A text with a few of its characters deleted, replaced, repeated or swapped. */
function edited(text: string): string {
  let now = text
  for (let count = pick([1, 1, 1, 2, 3, 8]); count > 0; count--) {
    const at = below(now.length + 1)
    const length = pick([0, 0, 1, 1, 3, 12, 60])
    const taken = now.slice(at, at + length)
    const put = pick([() => '', () => pick(pieces), () => taken + taken, () => pick(now.split(/\b/)) ?? ''])()
    now = now.slice(0, at) + put + now.slice(at + length)
  }
  return now
}

const schedules = (name: string): readonly (readonly string[])[] => {
  const subject: Subject = {
    kernel: { kind: 'library', name },
    schedule: { kind: 'steps', steps: [] },
    fixed: {},
    at: {},
  }
  const response = answer({ kind: 'compile', id: 0, target: 'wgsl', subject })
  return response.kind === 'compile' ? (response.result.kernel?.schedules.map(one => one.steps) ?? []) : []
}

/** Steps with one of them edited, moved, switched off, repeated or removed. */
function editedSteps(texts: readonly string[]): StepText[] {
  const steps = texts.map((text): StepText => ({ text, isOn: true }))
  const at = below(steps.length)
  const step = steps[at]
  if (step === undefined) return [{ text: edited('tile(t=16,d=16)'), isOn: true }]
  const number = (): string =>
    step.text.replace(/\d+/, String(pick([0, 1, 2, 3, 4, 5, 7, 8, 64, 1024, 65536, -1, 2 ** 32])))
  const other = pick([
    () => [{ ...step, text: edited(step.text) }],
    () => [{ ...step, text: edited(step.text) }],
    () => [{ ...step, text: number() }],
    () => [{ ...step, text: number() }],
    () => [{ ...step, isOn: false }],
    () => [step, step],
    () => [],
  ])()
  const changed = steps.toSpliced(at, 1, ...other)
  if (random() < 0.2) changed.splice(below(changed.length + 1), 0, ...changed.splice(below(changed.length), 1))
  return changed
}

const numbers = (): Record<string, number> =>
  random() < 0.8 ? {} : { [pick(['T', 'D', 'N'])]: pick([0, 1, 7, 32, 128, 1000, -4, 0.5, 2 ** 31, Number.NaN]) }

/** What became of an edit, in a word. */
function outcomeOf(response: Response): string {
  if (response.kind !== 'compile') return response.kind
  const { problems, steps, sources } = response.result
  if (problems.length > 0) return 'problem'
  if (steps.some(({ outcome }) => outcome.kind === 'refused')) return 'refused'
  if (steps.some(({ outcome }) => outcome.kind === 'unreadable')) return 'unreadable'
  return sources?.wgsl.kind === 'source' ? 'source' : 'unfinished'
}

beforeAll(loadLanguage)

it(`answers ${cases} random edits`, () => {
  const texts = new Map<string, TextSource>()
  let slowest = { ms: 0, what: '' }
  const outcomes = new Map<string, number>()
  for (let i = 0; i < cases; i++) {
    const name = pick(kernelLibrary).name
    const isText = i % 2 === 0
    if (isText && !texts.has(name) && texts.size < Math.max(4, cases / 50)) {
      const made = answer({ kind: 'text', id: i, source: { kind: 'library', name } })
      if (made.kind === 'text' && made.result !== undefined) texts.set(name, made.result)
    }
    const source = pick([...texts.values()])
    const schedule = { kind: 'steps' as const, steps: editedSteps(pick(schedules(name)) ?? []) }
    const element = pick([undefined, ...(findKernel(name)?.element.types.map(type => type.name) ?? []), 'f7'])
    const subject: Subject = {
      kernel: isText
        ? { ...source, text: edited(source.text) }
        : { kind: 'library', name, ...(element !== undefined && { element }) },
      schedule: isText ? { kind: 'named', name: pick(['naive', 'vectorized']) } : schedule,
      fixed: numbers(),
      at: numbers(),
    }
    const target = pick(['wgsl', 'cuda'] as const)
    const request = pick<() => Request>([
      ...Array(12).fill(() => ({ kind: 'compile', id: i, subject, target })),
      () => ({ kind: 'counted', id: i, subject, target }),
      () => ({ kind: 'stages', id: i, subject, target }),
      () => ({ kind: 'ways', id: i, subject, target }),
      () => ({ kind: 'picture', id: i, subject, target, access: below(4) }),
      () => ({ kind: 'choices', id: i, subject, target, position: below(4) }),
      () => ({ kind: 'values', id: i, subject, target, position: below(4) }),
    ])()
    const begin = process.cpuUsage()
    const response = answer(request)
    const { user, system } = process.cpuUsage(begin)
    const ms = (user + system) / 1000
    if (response.kind === 'failed') expect({ ...response, request }).toEqual('an answer')
    const outcome = outcomeOf(response)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (ms > slowest.ms) slowest = { ms, what: JSON.stringify(request).slice(0, 6000) }
  }
  // Edits that nothing understands, or that change nothing, would test little.
  if (cases >= 60) for (const some of ['problem', 'source']) expect(outcomes.get(some)).toBeGreaterThan(2)
  // One in fifteen is refused, so few cases may have none.
  if (cases >= 300) expect(outcomes.get('refused')).toBeGreaterThan(3)
  // Only told: a busy machine is no failure. Time of the processor, which other programs lengthen least.
  if (cases > 1000) {
    const counts = [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ')
    process.stdout.write(`${counts}; slowest: ${slowest.ms.toFixed(0)} ms, ${slowest.what}\n`)
  }
}, 1_800_000)
