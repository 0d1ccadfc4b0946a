/** Smaller trials: fewer cases, fewer steps, smaller arguments, smaller sizes, plainer values, a smaller definition. */
import type { Step } from '@qernel/schedule'
import { smallerKernels } from './shrink-kernel.ts'
import type { Case, Trial } from './trial.ts'

export interface ShrinkOptions {
  /** Whether the definition may shrink too: only if it is random, not an author's. */
  readonly kernel?: boolean
}

/** Slightly smaller trials, the most helpful first. Shrinking goes from failure to smaller failure. */
export function* smallerTrials(trial: Trial, options: ShrinkOptions = {}): Generator<Trial> {
  const { steps, cases } = trial
  if (cases.length > 1) for (const one of cases) yield { ...trial, cases: [one] }
  if (steps.length > 1) yield { ...trial, steps: [] }
  for (const [at] of steps.entries()) yield { ...trial, steps: steps.filter((_, i) => i !== at) }
  for (const name of Object.keys(trial.fixed)) {
    const { [name]: _, ...fixed } = trial.fixed
    yield { ...trial, fixed }
  }
  if (options.kernel) for (const kernel of smallerKernels(trial.kernel)) yield withKernel(trial, kernel)
  for (const [at, step] of steps.entries())
    for (const smaller of smallerSteps(step))
      yield { ...trial, steps: steps.map((one, i) => (i === at ? smaller : one)) }
  if (cases.length !== 1) return
  const [one] = cases as [Case]
  for (const smaller of smallerCases(one, trial)) yield { ...trial, ...smaller }
}

/** Removes the sizes that the smaller definition no longer has. */
function withKernel(trial: Trial, kernel: Trial['kernel']): Trial {
  const names = new Set(kernel.sizes.map(({ name }) => name))
  const kept = (sizes: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(sizes).filter(([name]) => names.has(name)))
  const cases = trial.cases.map(one => ({ ...one, sizes: kept(one.sizes) }))
  return { ...trial, kernel, fixed: kept(trial.fixed), cases }
}

/** The step without an argument, or with a smaller number. */
function* smallerSteps(step: Step): Iterable<Step> {
  for (const [name, value] of Object.entries(step)) {
    if (name === 'transform') continue
    const { [name]: _, ...rest } = step
    yield rest as Step
    if (typeof value === 'number') for (const smaller of smallerNumbers(value, 1)) yield { ...step, [name]: smaller }
  }
}

function* smallerCases(one: Case, { fixed }: Trial): Iterable<Pick<Trial, 'cases' | 'fixed'>> {
  for (const [name, value] of Object.entries(one.sizes))
    for (const smaller of smallerNumbers(value, 0)) {
      const sizes = { ...one.sizes, [name]: smaller }
      yield { cases: [{ ...one, sizes }], fixed: name in fixed ? { ...fixed, [name]: smaller } : fixed }
    }
  const plainer = ['all zero', 'whole numbers', 'uniform'] as const
  for (const values of plainer.slice(0, indexOr(plainer, one.values)))
    for (const seed of [one.seed, 0, 1, 2, 3]) yield { cases: [{ ...one, values, seed }], fixed }
  for (const seed of smallerNumbers(one.seed, 0)) if (seed < 4) yield { cases: [{ ...one, seed }], fixed }
}

const indexOr = (plainer: readonly string[], value: string): number => {
  const at = plainer.indexOf(value)
  return at < 0 ? plainer.length : at
}

/** The minimum first, then values ever closer to the number. */
function* smallerNumbers(value: number, least: number): Iterable<number> {
  const tried = new Set([value])
  for (const next of [least, least + 1, least + 2, Math.floor(value / 2), value - 1])
    if (next >= least && next < value && !tried.has(next)) {
      tried.add(next)
      yield next
    }
}
