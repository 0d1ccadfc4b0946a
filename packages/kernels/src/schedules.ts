/** Good schedules of the families, as the text that `--steps` takes. All are exact: only maxima and minima are split. */

/** What a schedule depends on. */
export interface ScheduleTarget {
  readonly name: 'wgsl' | 'cuda'
  /** Whether lanes can exchange values without shared memory. */
  readonly subgroups: boolean
  /** Sizes fixed when compiling. */
  readonly fixed: ReadonlyMap<string, number>
}

/** A schedule that was written for one kernel. */
export interface KernelSchedule {
  readonly name: string
  /** One line: who does what, and how often the data is read. */
  readonly summary: string
  /** The steps, as text. */
  steps(target: ScheduleTarget): string
}

export const best = (summary: string, steps: (target: ScheduleTarget) => string): readonly KernelSchedule[] => [
  { name: 'best', summary, steps },
]

const combine = ({ subgroups }: ScheduleTarget): string => (subgroups ? 'subgroup' : 'shared')
const text = (...steps: readonly (string | false)[]): string => steps.filter(step => step !== false).join(' ')
/** The stages of a quantizer in one pass: all of them in the outermost loops of the first. */
const fuseAll = ([producer, ...consumers]: readonly string[], loops: number): string =>
  consumers.map(consumer => `fuse(producer=${producer},consumer=${consumer},loops=${loops})`).join(' ')

/** Lanes of one row: 32 with 4 neighbouring elements each, 8 rows a workgroup. */
const rowElements = 128

/** A row (a token, a head vector) by 32 lanes, its scale and its codes in one dispatch. */
export const rowPass = (stages: readonly string[], loops: number, axis = 'd') =>
  best(
    `one dispatch: 32 lanes a row, 8 rows a workgroup; a row is read twice, once where its length is fixed to ${rowElements}`,
    target =>
      text(
        fuseAll(stages, loops),
        'tile(t=8)',
        `splitReduction(${axis}=${rowElements},combine=${combine(target)})`,
        `split(loop=${axis},by=${rowElements},stage=q)`,
        `vectorize(${axis}=4)`,
        `bind(t_in=block.y,${axis}_in=block.x)`,
        target.fixed.get(axis.toUpperCase()) === rowElements &&
          axis === 'd' &&
          `cache(buffer=x,memory=register,at=${loops === 1 ? 't_in' : 'h'})`,
      ),
  )

/** How many codes one lane holds so that words have one owner. */
const wordOf: Readonly<Record<number, number>> = { 8: 4, 4: 8, 3: 32, 2: 16 }

/** Groups along the row: a lane holds the codes of whole words, the lanes of a group meet, the group stays in registers. */
export const groupPass = (stages: readonly string[], options: { bits: number; length: number; group?: string }) => {
  const group = options.group ?? 'g'
  const width = wordOf[options.bits] ?? 4
  const lanes = options.length / width
  return best(
    `one dispatch: ${lanes} ${lanes === 1 ? 'lane' : 'lanes'} a group, ${width} elements a lane, kept in registers: every input is read once`,
    target => {
      // Two f16 scales share a word, which one thread must own where f16 is not addressed directly.
      const pairs = target.name === 'wgsl'
      const rows = Math.min(8, 256 / (lanes * (pairs ? 2 : 4)))
      return text(
        fuseAll(stages, 2),
        `tile(t=${rows},${group}=4)`,
        pairs && `vectorize(${group}=2)`,
        `splitReduction(d=${options.length},combine=${combine(target)})`,
        `split(loop=d,by=${options.length},stage=q)`,
        `vectorize(d=${width})`,
        `bind(t_in=block.z,${group}_in=block.y,d_in=block.x)`,
        `cache(buffer=x,memory=register,at=${group}_in)`,
      )
    },
  )
}

/** Groups along the tokens: a thread takes the channels of a word over all tokens of a group. */
export const columnGroupPass = (stages: readonly string[], { bits }: { readonly bits: number }) => {
  const width = wordOf[bits] ?? 4
  return best(
    `one dispatch: a thread takes ${width} neighbouring channels of a group of tokens; the group is read twice by the same thread`,
    () =>
      text(
        'reorder(order=t_group.d.t,stage=q)',
        fuseAll(stages, 2),
        `split(loop=d,by=${width * 16})`,
        `vectorize(d=${width})`,
        'bind(g=grid.y,d=grid.x,d_in=block.x)',
      ),
  )
}

/** A dequantizer: nothing to reduce, 16 bytes a lane. */
export const elementwise = (steps: string) =>
  best('one dispatch: neighbouring elements a lane, as wide as memory takes them', () => steps)
