import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Kernel } from '../ir/ir.ts'
import { kernelJson } from './kernel-json.ts'
import { writableExpression } from './serialize-expression.ts'

/** The kernel as JSON that depends only on its meaning, without its summary. */
export function serializeKernel({ summary: _, ...definition }: Kernel): string {
  const stages = definition.stages.map(stage => ({ ...stage, value: writableExpression(stage.value) }))
  return kernelJson({ ...definition, stages })
}

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
