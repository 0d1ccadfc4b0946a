import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Kernel } from '../ir/ir.ts'
import { writableExpression } from './serialize-expression.ts'

/** The kernel as JSON that depends only on its meaning: no summary, maps as sorted pairs, storage types by name. */
export function serializeKernel({ summary: _, ...definition }: Kernel): string {
  const stages = definition.stages.map(stage => ({ ...stage, value: writableExpression(stage.value) }))
  return kernelJson({ ...definition, stages })
}

/** Parts of a kernel as JSON: maps as sorted pairs, storage types by name, and the numbers that JSON lacks as texts. */
export const kernelJson = (parts: unknown): string =>
  JSON.stringify(parts, (_, value: unknown) => {
    if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    if (Object.is(value, -0)) return '-0'
    if (typeof value === 'object' && value !== null && 'compute' in value && 'bits' in value && 'name' in value)
      return value.name
    return value
  })

/** The first 16 hexadecimal digits of the SHA-256 of a text. */
export const textHash = (text: string): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16)

/** The identity of a definition: the first 16 hexadecimal digits of the SHA-256 of its serialized form. */
export function kernelHash(kernel: Kernel): string {
  const known = hashes.get(kernel)
  if (known !== undefined) return known
  const hash = textHash(serializeKernel(kernel))
  hashes.set(kernel, hash)
  return hash
}

/** Cached, since definitions never change and a sweep compiles the same one a thousand times. */
const hashes = new WeakMap<Kernel, string>()
