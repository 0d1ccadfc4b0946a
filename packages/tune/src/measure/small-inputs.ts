/** Inputs of several classes at a size that the interpreter computes at once: the first check of a candidate, by the definition itself. */
import { disagreementText, expectedResults, freedomOf, judge, reordersSums } from '@qernel/acceptance'
import type { Subject } from '@qernel/bench'
import type { LoadedKernel } from '@qernel/bench/internal'
import type { Tensor } from '@qernel/dsl'
import { leastCommonMultiple, roundUpTo } from '@qernel/dsl/internal'
import { type Device, runKernel } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'
import { randomInputs, type ValueClass } from '@qernel/testing'

/** Special values, ties of `round` and values that saturate. The arrays of full size hold uniform ones. */
const classes: readonly ValueClass[] = ['mixed', 'ties', 'saturation']

/** The rows that are computed: no multiple of any tile. */
const mostRows = 37
const leastRows = 3
/** And the most elements of an array. */
const mostElements = 2 ** 15

type Tensors = ReadonlyMap<string, Tensor>

/** One class of inputs at one size, and results that are known to be right there. */
interface Case {
  readonly name: ValueClass
  readonly inputs: Tensors
  /** The results of the definition. */
  readonly expected: Tensors
  /** Others that were judged to be right where an operation leaves a choice: most schedules of a device give the same. */
  readonly alsoRight: Tensors[]
}

export class SmallInputs {
  readonly #device: Device
  readonly #subject: Subject
  /** By the number of rows. */
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
    const rows = this.#rows(executable.compiled.requires.flatMap(one => (one.size === open ? [one] : [])))
    if (rows === undefined) return undefined
    const fixed = new Map([...all].filter(([name]) => name !== open))
    const reorders = reordersSums(kernel, steps)
    for (const one of this.#casesOf(rows)) {
      const { outputs } = await runKernel(this.#device, executable, { inputs: one.inputs, sizes: { [open]: rows } })
      if (!reorders && [one.expected, ...one.alsoRight].some(known => areEqual(known, outputs))) continue
      const run = { kernel, inputs: one.inputs, sizes: new Map([[open, rows]]), ...(reorders && { steps, fixed }) }
      const verdict = judge(run, outputs, freedomOf(this.#device), reorders ? expectedResults(run) : one.expected)
      const [first] = verdict.disagreements
      if (first !== undefined) return `${disagreementText(first)} (inputs of class ${one.name}, ${open} = ${rows})`
      if (!reorders) one.alsoRight.push(outputs)
    }
    return undefined
  }

  /** Undefined if the code runs at its own size only. */
  #rows(
    requires: readonly { readonly multipleOf?: number; readonly equals?: number; readonly atMost?: number }[],
  ): number | undefined {
    const { open, sizes } = this.#subject
    if (requires.some(({ equals }) => equals !== undefined)) return undefined
    const own = sizes.get(open) as number
    const others = [...sizes].reduce((product, [name, value]) => product * (name === open ? 1 : value), 1)
    const wanted = Math.max(leastRows, Math.min(mostRows, Math.floor(mostElements / others)))
    const multiple = requires.reduce((all, { multipleOf = 1 }) => leastCommonMultiple(all, multipleOf), 1)
    return Math.min(own, roundUpTo(wanted, multiple))
  }

  #casesOf(rows: number): readonly Case[] {
    const known = this.#cases.get(rows)
    if (known !== undefined) return known
    const { kernel, open } = this.#subject
    const sizes = new Map([...this.#subject.sizes, [open, rows]])
    const made = classes.map((name, seed): Case => {
      const inputs = randomInputs(kernel, sizes, name, seed + 1)
      const expected = expectedResults({ kernel, inputs, sizes: new Map([[open, rows]]) })
      return { name, inputs, expected, alsoRight: [] }
    })
    this.#cases.set(rows, made)
    return made
  }
}

function areEqual(some: Tensors, others: Tensors): boolean {
  return [...some].every(([name, { data }]) => {
    const other = others.get(name)?.data
    return other?.length === data.length && data.every((value, i) => Object.is(value, other[i]))
  })
}
