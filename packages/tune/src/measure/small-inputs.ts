/** Inputs of several classes at a size that the interpreter computes at once: the first check of a candidate, by the definition itself. */
import { disagreementText, expectedResults, freedomOf, judge, reordersSums } from '@qernel/acceptance'
import type { Subject } from '@qernel/bench'
import type { LoadedKernel } from '@qernel/bench/internal'
import type { Kernel, Tensor } from '@qernel/dsl'
import { leastCommonMultiple, roundUpTo } from '@qernel/dsl/internal'
import { type Device, runKernel } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'
import { randomInputs, type ValueClass } from '@qernel/testing/inputs'
import { stripedInputs } from './striped-inputs.ts'

type Inputs = (kernel: Kernel, sizes: ReadonlyMap<string, number>, seed: number) => Tensors

const ofClass =
  (name: ValueClass): Inputs =>
  (kernel, sizes, seed) =>
    randomInputs(kernel, sizes, name, seed)
const striped =
  (along: 'first' | 'last'): Inputs =>
  (kernel, sizes, seed) =>
    stripedInputs(kernel, sizes, along, seed)

/**
 * Special values, ties of `round` and values that saturate, and stripes of one kind each. The arrays of full size hold uniform ones. Each has another number of rows, so that the
 * last tile has another number of rows too. A result per row needs many rows to be tried with many values.
 */
const classes: readonly { readonly name: string; readonly rows: number; readonly inputs: Inputs }[] = [
  { name: 'mixed', rows: 37, inputs: ofClass('mixed') },
  { name: 'ties', rows: 38, inputs: ofClass('ties') },
  { name: 'saturation', rows: 33, inputs: ofClass('saturation') },
  { name: 'striped rows', rows: 404, inputs: striped('first') },
  { name: 'striped columns', rows: 40, inputs: striped('last') },
  { name: 'one row', rows: 1, inputs: striped('last') },
]

/** The most elements of an array; of larger rows there are fewer. */
const mostElements = 2 ** 15
const leastRows = 3

type Tensors = ReadonlyMap<string, Tensor>

/** One class of inputs at one size, and results that are known to be right there. */
interface Case {
  readonly name: string
  readonly rows: number
  readonly inputs: Tensors
  /** The results of the definition. */
  readonly expected: Tensors
  /** Others that were judged to be right where an operation leaves a choice: most schedules of a device give the same. */
  readonly alsoRight: Tensors[]
}

export class SmallInputs {
  readonly #device: Device
  readonly #subject: Subject
  /** By what the number of rows is a multiple of. */
  readonly #cases = new Map<number, readonly Case[]>()

  constructor(device: Device, subject: Subject) {
    this.#device = device
    this.#subject = subject
  }

  /**
   * Runs a loaded kernel on all classes of inputs, with poisoned results and red zones.
   * @returns what is wrong, as a sentence; undefined if all results are right
   * @throws what `runKernel` throws
   */
  async problem({ executable }: LoadedKernel, steps: readonly Step[]): Promise<string | undefined> {
    const { kernel, open, sizes: all } = this.#subject
    const { requires } = executable.compiled
    const ofRows = requires.filter(({ size }) => size === open)
    // Such code runs at its own size only.
    if (ofRows.some(({ equals }) => equals !== undefined)) return undefined
    const fixed = new Map([...all].filter(([name]) => name !== open))
    const reorders = reordersSums(kernel, steps)
    for (const one of this.#casesOf(
      ofRows.reduce((all, { multipleOf = 1 }) => leastCommonMultiple(all, multipleOf), 1),
    )) {
      const { rows, inputs } = one
      if (ofRows.some(({ atMost = rows }) => rows > atMost)) continue
      const { outputs } = await runKernel(this.#device, executable, { inputs, sizes: { [open]: rows } })
      if (!reorders && [one.expected, ...one.alsoRight].some(known => areEqual(known, outputs))) continue
      const run = { kernel, inputs, sizes: new Map([[open, rows]]), ...(reorders && { steps, fixed }) }
      const verdict = judge(run, outputs, freedomOf(this.#device), reorders ? expectedResults(run) : one.expected)
      const [first] = verdict.disagreements
      if (first !== undefined) return `${disagreementText(first)} (inputs: ${one.name}, ${open} = ${rows})`
      if (!reorders) one.alsoRight.push(outputs)
    }
    return undefined
  }

  /** @param multiple what the number of rows has to be a multiple of */
  #casesOf(multiple: number): readonly Case[] {
    const known = this.#cases.get(multiple)
    if (known !== undefined) return known
    const { kernel, open, sizes } = this.#subject
    const others = [...sizes].reduce((product, [name, value]) => product * (name === open ? 1 : value), 1)
    const most = Math.floor(mostElements / others)
    const made = classes.map(({ name, rows: wanted, inputs: of }, seed): Case => {
      const rows = roundUpTo(Math.min(wanted, Math.max(leastRows, most - seed)), multiple)
      const inputs = of(kernel, new Map([...sizes, [open, rows]]), seed + 1)
      const expected = expectedResults({ kernel, inputs, sizes: new Map([[open, rows]]) })
      return { name, rows, inputs, expected, alsoRight: [] }
    })
    this.#cases.set(multiple, made)
    return made
  }
}

function areEqual(some: Tensors, others: Tensors): boolean {
  return [...some].every(([name, { data }]) => {
    const other = others.get(name)?.data
    return other?.length === data.length && data.every((value, i) => Object.is(value, other[i]))
  })
}
