import {
  type Affine,
  affine,
  type Expr,
  isAffine,
  type Loop,
  type LoopId,
  type Nest,
  type Statement,
} from '@qernel/dsl'
import { factorsOf, foldExpr, namedParts, nameOf } from '@qernel/dsl/internal'
import { neededGuards } from './guards.ts'

/** One line of a printed nest, with the loop that it opens. */
export interface NestLine {
  readonly text: string
  readonly loop?: LoopId
}

/** A nest as readable lines: one loop per line, the body indented, guards that can still fail after `if`. */
export function printNest(nest: Nest): NestLine[] {
  const lines: NestLine[] = []
  const names = new Map<LoopId, string>()
  const taken = new Set([...nest.buffers.keys(), ...nest.kernel.sizes.map(size => size.name)])
  const walk = (body: readonly Statement[], around: readonly Loop[]): void => {
    const indent = '  '.repeat(around.length)
    const parent = around.at(-1)?.id
    for (const buffer of nest.buffers.values())
      if (buffer.scope !== undefined && buffer.scope === parent)
        lines.push({
          text: `${indent}${buffer.memory} ${buffer.name}: ${buffer.type.name}[${buffer.dims.map(affine.printExtent).join(', ')}]`,
        })
    for (const s of body) {
      if (s.kind === 'loop') {
        names.set(s.id, s.name)
        lines.push({
          text: `${indent}${s.mode} ${s.name} in ${affine.printExtent(s.extent)}${notesOf(s)}`,
          loop: s.id,
        })
        walk(s.body, [...around, s])
        continue
      }
      const target = `${s.buffer}[${s.index.map(a => printAffine(a, names)).join(', ')}]`
      const guards = neededGuards(nest, s, around).map(
        g => `${printAffine(g.index, names)} ${g.peeled === 'tail' ? '≥' : '<'} ${affine.printExtent(g.below)}`,
      )
      const isFused = s.kind === 'update' && s.fused === true
      const { named, whole } = printExpr(s.value, names, taken, isFused)
      for (const text of named) lines.push({ text: `${indent}${text}` })
      const value = `${whole}${s.kind === 'update' && s.atomic ? ' (atomic)' : ''}`
      const assignment =
        s.kind === 'store'
          ? `${target} = ${value}`
          : isFused
            ? `${target} = fma(${value}, ${target})`
            : s.op === 'sum'
              ? `${target} += ${value}`
              : `${target} = ${s.op}(${target}, ${value})`
      lines.push({ text: `${indent}${assignment}${guards.length === 0 ? '' : `   if ${guards.join(' and ')}`}` })
    }
  }
  walk(nest.body, [])
  return lines
}

/** A nest as text, one loop or statement per line. */
export const nestText = (nest: Nest): string =>
  printNest(nest)
    .map(line => line.text)
    .join('\n')

export function printAffine(a: Affine, names: ReadonlyMap<LoopId, string>): string {
  const terms = [...a.terms]
    .sort(([, x], [, y]) => y - x)
    .map(([loop, c]) => (c === 1 ? '' : `${c}·`) + (names.get(loop) ?? `loop${loop}`))
  if (a.constant !== 0 || terms.length === 0) terms.push(String(a.constant))
  return terms.join(' + ')
}

const infix: Partial<Record<string, string>> = {
  add: '+',
  sub: '−',
  mul: '·',
  div: '/',
  lt: '<',
  le: '≤',
  gt: '>',
  ge: '≥',
  eq: '=',
  ne: '≠',
  and: '&',
  or: '|',
  xor: '^',
}

/**
 * An expression as text, with a line `name = …` in front for each part that has a name (`namedParts`).
 * @param inFactors prints a product as its two factors
 */
function printExpr(
  e: Expr,
  names: ReadonlyMap<LoopId, string>,
  taken: ReadonlySet<string>,
  inFactors: boolean,
): { readonly named: readonly string[]; readonly whole: string } {
  const named: string[] = []
  const parts = new Set(namedParts(e))
  const loops = new Set(names.values())
  let count = 0
  const used = new Set<string>()
  const isTaken = (name: string): boolean => taken.has(name) || loops.has(name) || used.has(name)
  const fresh = (): string => {
    const name = `value${++count}`
    return isTaken(name) ? fresh() : name
  }
  const whole = foldExpr<string>(e, (node, of) => {
    const text = inFactors && node === e ? factorsOf(e).map(of).join(', ') : printNode(node, of, names)
    if (!parts.has(node)) return text
    const wanted = nameOf(node)
    const name = wanted === undefined || isTaken(wanted) ? fresh() : wanted
    used.add(name)
    named.push(`${name} = ${text}`)
    return name
  })
  return { named, whole }
}

function printNode(e: Expr, of: (operand: Expr) => string, names: ReadonlyMap<LoopId, string>): string {
  switch (e.kind) {
    case 'const':
      return e.type === 'bool' ? (e.value ? 'true' : 'false') : String(e.value)
    case 'size':
      return e.size
    case 'index':
      return printAffine(e.index, names)
    case 'load':
      if (e.index.length === 0) return e.buffer
      return `${e.buffer}[${e.index.map(s => (isAffine(s) ? printAffine(s, names) : of(s))).join(', ')}]`
    case 'reduce':
      throw new Error('a nest holds no reduction expressions')
    case 'op': {
      const args = e.args.map(of)
      const symbol = infix[e.op]
      if (symbol !== undefined) return `(${args[0]} ${symbol} ${args[1]})`
      if (e.to !== undefined) return `${e.op}_${e.to.name}(${args[0]})`
      return `${e.op}(${args.join(', ')})`
    }
  }
}

/** The reasons that keep the iterations of a loop in order, and what the schedule says of its workgroups, in parentheses. */
function notesOf({ combine, reduce, ordered, residentThreads }: Loop): string {
  const words = combine !== undefined ? ['combine', combine] : reduce ? ['reduce'] : []
  const all = [
    ...words,
    ...(ordered ? ['ordered'] : []),
    ...(residentThreads === undefined ? [] : [`${residentThreads} threads resident`]),
  ]
  return all.length === 0 ? '' : ` (${all.join(', ')})`
}
