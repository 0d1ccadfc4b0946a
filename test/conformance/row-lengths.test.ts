/** A row of every length in every narrow type: the last words of a row hold few codes, and 3-bit codes can begin in one word and end in the next. */
import { f32, type Index, type Kernel, kernel, type StorageType, storageTypes } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { evaluateTrial, simulatedMachines } from '@qernel/testing/internal'
import { expect, test } from 'vitest'

const cases = Array.from({ length: 35 }, (_, D) => ({ sizes: { T: 2, D }, values: 'whole numbers' as const, seed: D }))
const machines = [simulatedMachines[0], simulatedMachines.at(-1)].filter(machine => machine !== undefined)

const copying = (from: StorageType, to: StorageType): Kernel =>
  kernel('copies', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', from, [T, D])
    output('y', to, { t: T, d: D }, (t: Index, d: Index) => (to === f32 ? x(t, d).toF32() : x(t, d)))
  })

const narrow = [...storageTypes.values()].filter(({ bits }) => bits < 32)

/** Whole words are stored, and loaded words are shared by the lanes of a vector. */
const schedules: readonly (readonly [StorageType | undefined, string])[] = [
  [undefined, ''],
  [undefined, 'vectorize(d=32)'],
  [f32, ''],
  [f32, 'vectorize(d=4)'],
  [f32, 'vectorize(d=8) predicate(d=peel)'],
]

test.each(narrow.map(type => [type.name, type] as const))(
  'rows of %s of any length are read and written',
  async (_, type) => {
    for (const [to = type, steps] of schedules)
      for (const machine of machines) {
        const trial = { kernel: copying(type, to), steps: parseSteps(steps), fixed: {}, cases, machine: 0 }
        const outcome = await evaluateTrial(trial, machine)
        expect(outcome, `${steps} to ${to.name} on ${machine.name}`).toEqual({ kind: 'right' })
      }
  },
)
