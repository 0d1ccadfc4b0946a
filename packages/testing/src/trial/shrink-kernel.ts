/** Smaller kernels: a definition with one part removed. All are well formed. */
import {
  type Axis,
  type Buffer,
  type Expr,
  type Extent,
  type Guard,
  type Kernel,
  mapExpr,
  type Stage,
  validateKernel,
  visitExpr,
} from '@qernel/dsl'

/** Kernels that are a little smaller, the smallest first. */
export function* smallerKernels(kernel: Kernel): Generator<Kernel> {
  for (const candidate of candidates(kernel)) {
    const cleaned = withoutUnused(candidate)
    if (isWellFormed(cleaned)) yield cleaned
  }
}

function isWellFormed(kernel: Kernel): boolean {
  if (!kernel.tensors.some(({ role }) => role === 'output')) return false
  try {
    validateKernel(kernel)
    return true
  } catch {
    return false
  }
}

function* candidates(kernel: Kernel): Iterable<Kernel> {
  const { stages } = kernel
  // A stage that another reads is removed together with its reads, which become constants.
  for (const { tensor } of stages) {
    const rest = stages.filter(stage => stage.tensor !== tensor)
    yield { ...kernel, stages: rest.map(stage => ({ ...stage, value: withoutLoads(stage.value, tensor) })) }
  }
  for (const stage of stages)
    for (const value of smallerValues(stage.value))
      yield { ...kernel, stages: stages.map(one => (one === stage ? { ...stage, value } : one)) }
}

const zero = (e: Expr): Expr => ({ kind: 'const', type: e.type, value: 0 })

const withoutLoads = (e: Expr, buffer: string): Expr =>
  mapExpr(e, node => (node.kind === 'load' && node.buffer === buffer ? zero(node) : node))

/** The value with one part replaced by a simpler one of the same type. */
function* smallerValues(value: Expr): Iterable<Expr> {
  const parts: Expr[] = []
  visitExpr(value, node => parts.push(node))
  for (const part of parts.reverse()) for (const by of simpler(part)) yield replaced(value, part, by)
}

function* simpler(e: Expr): Iterable<Expr> {
  if (e.kind === 'const') return
  yield zero(e)
  if (e.kind === 'op') {
    // A stored integer keeps the operation that makes it fit its type.
    if (e.op === 'saturate' || e.op === 'wrap') return
    const below = chainBelow(e)
    for (let skipped = below.length >> 1; skipped > 1; skipped >>= 1) yield below[skipped] as Expr
    for (const arg of e.args) if (arg.type === e.type) yield arg
  }
}

/** A chain of operations of one type, each the first operand of that type of the one before. A long chain can lose half of its operations at a time. */
function chainBelow(e: Expr): readonly Expr[] {
  const chain: Expr[] = []
  for (
    let at: Expr | undefined = e;
    at?.kind === 'op';
    at = at.args.find(arg => arg.kind === 'op' && arg.type === e.type)
  )
    chain.push(at)
  return chain
}

function replaced(value: Expr, part: Expr, by: Expr): Expr {
  return mapExpr(value, node => node, undefined, new Map([[part, by]]))
}

/** Removes tensors that nothing reads and sizes that are no longer used. */
function withoutUnused(kernel: Kernel): Kernel {
  const written = new Set(kernel.stages.map(({ tensor }) => tensor))
  const read = new Set<string>()
  for (const { value } of kernel.stages)
    visitExpr(value, node => {
      if (node.kind === 'load') read.add(node.buffer)
    })
  const isUsed = ({ name, role }: Buffer): boolean =>
    role === 'input' ? read.has(name) : written.has(name) && (role === 'output' || read.has(name))
  const tensors = kernel.tensors.filter(isUsed)
  const names = new Set(tensors.map(({ name }) => name))
  const stages = kernel.stages.filter(({ tensor }: Stage) => names.has(tensor))
  const used = sizesOf(tensors, stages)
  return { ...kernel, tensors, stages, sizes: kernel.sizes.filter(({ name }) => used.has(name)) }
}

function sizesOf(tensors: readonly Buffer[], stages: readonly Stage[]): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (extent: Extent): void => {
    if (typeof extent !== 'number') names.add(extent.size)
  }
  const addAll = (axes: readonly Axis[], where: readonly Guard[]): void => {
    for (const { extent } of axes) add(extent)
    for (const { below } of where) add(below)
  }
  for (const { dims } of tensors) for (const dim of dims) add(dim)
  for (const { axes, where, value } of stages) {
    addAll(axes, where)
    visitExpr(value, node => {
      if (node.kind === 'size') names.add(node.size)
      if (node.kind === 'reduce') addAll(node.axes, node.where)
    })
  }
  return names
}
