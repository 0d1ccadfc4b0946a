/** The findings of the simulator, as data and as text. */

type Coordinates = readonly [x: number, y: number, z: number]

/** One action of one thread, and its place. */
export interface ThreadAccess {
  /** `end` means that the thread left the function while others wait. */
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

/** The kinds of findings. */
export type FindingKind =
  /** Two threads access an element, at least one of them writes it, and no barrier orders the two accesses. */
  | 'race'
  | 'out-of-bounds'
  /** The threads of a workgroup wait at different barriers, or some have ended. */
  | 'divergent-barrier'
  /** Not all threads of a subgroup take part in a shuffle. */
  | 'divergent-shuffle'
  /** A read of an element that no thread has written. */
  | 'uninitialised'
  /** An output element that no thread has written. */
  | 'unwritten'
  /** Nonzero padding of a packed row. */
  | 'padding'

/** A fault that the simulator found, such as a race, an access outside an array, or a value that was never written. */
export interface Finding {
  readonly kind: FindingKind
  /** An `info` is not a bug by itself. */
  readonly severity: 'error' | 'info'
  /** One sentence. */
  readonly message: string
  readonly array?: string
  /** Counted in declared scalars: words of packed arrays, components of vectors. */
  readonly element?: number
  /** A race has two accesses, the earlier first. */
  readonly accesses: readonly ThreadAccess[]
  /** How often it happened at this place. The other fields describe the first time. */
  readonly occurrences: number
}

/** A finding as text for people: its message, then one line per access. */
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
