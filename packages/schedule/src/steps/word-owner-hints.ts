/**
 * Which steps may give packed words an owner by themselves. This is a hint that saves time, not a rule: stages for
 * which no step of a schedule may do so get their repair at once, so the steps run once instead of twice. The result is
 * checked as always. A step without a hint is assumed to do so.
 */
import type { Kernel } from '@qernel/dsl'
import { nameOfStage } from '@qernel/dsl/internal'
import type * as builtIn from '../transforms/index.ts'
import type { Step } from './transform.ts'

/** `never`, or only for words of the stage that the step names, or only where the buffer that it names is a result. */
type Hint = 'never' | 'stage' | 'result'

const hints: Readonly<Partial<Record<string, Hint>>> = {
  bind: 'never',
  cache: 'result',
  chunk: 'never',
  coarsen: 'never',
  collapse: 'never',
  fuse: 'never',
  grid: 'never',
  hint: 'never',
  occupancy: 'never',
  hoist: 'never',
  pipeline: 'never',
  place: 'never',
  predicate: 'never',
  reorder: 'never',
  reuse: 'never',
  split: 'never',
  splitReduction: 'never',
  tile: 'never',
  unroll: 'never',
  vectorize: 'stage',
} satisfies Partial<Record<keyof typeof builtIn, Hint>>

/** The stages whose words a step may give an owner, as far as this is known before it runs. */
export function mayOwnWordsOf(kernel: Kernel, { transform, stage, buffer }: Step): readonly string[] {
  const all = kernel.stages.map(nameOfStage)
  switch (hints[transform]) {
    case 'never':
      return []
    case 'result':
      return kernel.stages.some(({ tensor }) => tensor === buffer) ? all : []
    case 'stage':
      return stage !== undefined && all.includes(stage) ? [stage] : all
    default:
      return all
  }
}

/** Whether a transform never gives words an owner, as far as this is known. */
export const ownsNoWords = (transform: string): boolean => hints[transform] === 'never'
