/** What the simulator reports: data, and its rendering. */

type Coordinates = readonly [x: number, y: number, z: number]

/** What one thread did, and where. */
export interface ThreadAccess {
  /** `end` is a thread that left the function while others wait. */
  readonly kind: 'read' | 'write' | 'atomic' | 'barrier' | 'shuffle' | 'end'
  readonly entry: string
  readonly group: Coordinates
  readonly local: Coordinates
  /** The statement, in the notation of `statementText`. */
  readonly statement: string
  /** Headers of the loops and conditions around the statement, outermost first. */
  readonly inside: readonly string[]
  /** Values of the loops around the statement, by name. */
  readonly loops: Readonly<Record<string, number>>
}

/** The kinds of what the simulator finds. */
export type FindingKind =
  /** Two threads touch an element, at least one of them writes, and no barrier (of one workgroup) orders them. */
  | 'race'
  | 'out-of-bounds'
  /** Threads of a workgroup stop at different barriers, or some have ended. */
  | 'divergent-barrier'
  /** A shuffle that not all threads of a subgroup take part in. */
  | 'divergent-shuffle'
  /** A read of what nobody has written. */
  | 'uninitialised'
  /** An element of an output that nobody has written. */
  | 'unwritten'
  /** Padding of a packed row that is not zero. */
  | 'padding'

/** What the simulator found wrong: a race, an access outside of an array, a value that was never written. */
export interface Finding {
  readonly kind: FindingKind
  /** An `info` is not a bug by itself. */
  readonly severity: 'error' | 'info'
  /** One sentence. */
  readonly message: string
  readonly array?: string
  /** Counted in declared scalars: words of packed arrays, components of vectors. */
  readonly element?: number
  /** A race has two, the earlier first. */
  readonly accesses: readonly ThreadAccess[]
  /** How often it happened at this place; the first time is what is told. */
  readonly occurrences: number
}

/** A finding for people: its sentence, then a line for each access. */
export function renderFinding({ kind, message, accesses, occurrences }: Finding): string {
  const times = occurrences > 1 ? ` (and ${occurrences - 1} more like it)` : ''
  return [`${kind}: ${message}${times}`, ...accesses.map(access => `  ${renderAccess(access)}`)].join('\n')
}

function renderAccess({ kind, entry, group, local, statement, inside, loops }: ThreadAccess): string {
  const values = Object.entries(loops).map(([name, value]) => `${name} = ${value}`)
  const path = [entry, ...inside].join(' › ')
  const at = values.length === 0 ? '' : `, ${values.join(', ')}`
  return `${verbs[kind]} thread (${local.join(', ')}) of group (${group.join(', ')})${at}: ${statement}   [${path}]`
}

const verbs: Readonly<Record<ThreadAccess['kind'], string>> = {
  read: 'read by',
  write: 'written by',
  atomic: 'atomically changed by',
  barrier: 'at a barrier:',
  shuffle: 'at a shuffle:',
  end: 'at its end:',
}
