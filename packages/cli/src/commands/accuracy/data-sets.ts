import { existsSync } from 'node:fs'
import { readSafetensors } from '@qernel/arrays'
import { f32, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/testing/internal'
import { UsageError } from '../../errors/usage-error.ts'

/** Rows to quantize, and the query whose scores they produce. */
export interface DataSet {
  readonly name: string
  /** [T, D], finite. */
  readonly rows: Tensor
  /** [D]; absent for values, since only keys have scores. */
  readonly query?: Tensor
}

const DEFAULT_CACHE = 'examples/data/kv-head.safetensors'

/** Uniform in [−1, 1], 128 channels: the data of arXiv 2601.04719 at its smallest size. */
function uniform(tokens: number): DataSet {
  const D = 128
  const random = randomNumbers(1)
  const draw = (shape: readonly number[], length: number): Tensor => ({
    type: f32,
    shape,
    data: Float32Array.from({ length }, () => random() * 2 - 1),
  })
  return { name: 'uniform', rows: draw([tokens, D], tokens * D), query: draw([D], D) }
}

/**
 * @param cache the requested file
 * @throws UsageError if it cannot be read, or its shapes do not fit
 */
export async function dataSets(cache: string | undefined, tokens: number): Promise<readonly DataSet[]> {
  const all: DataSet[] = [uniform(tokens)]
  const path = cache ?? (existsSync(DEFAULT_CACHE) ? DEFAULT_CACHE : undefined)
  if (path === undefined) return all
  const [key, value, query] = await Promise.all(
    ['key', 'value', 'query_last'].map(async name => widened(await readSafetensors(path, name, []))),
  )
  if (key === undefined || value === undefined || query === undefined) return all
  for (const [name, { shape }] of [['key', key] as const, ['value', value] as const]) {
    if (shape.length === 2 && (shape[0] as number) >= tokens && shape[1] === query.data.length) continue
    throw new UsageError({
      what: `${name} is [${shape.join(', ')}]`,
      where: path,
      allowed: `[T, ${query.data.length}] with T of at least ${tokens}`,
    })
  }
  return [
    ...all,
    { name: 'key', rows: firstRows(key, tokens), query },
    { name: 'value', rows: firstRows(value, tokens) },
  ]
}

const widened = ({ shape, data }: Tensor): Tensor => ({ type: f32, shape, data: Float32Array.from(data) })

function firstRows({ type, shape, data }: Tensor, count: number): Tensor {
  const columns = shape[1] as number
  return { type, shape: [count, columns], data: data.slice(0, count * columns) }
}
