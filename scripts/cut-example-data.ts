/**
 * Cuts `examples/data/kv-head.safetensors` out of its source, a key and value cache:
 *
 *     tsx -C @qernel/source scripts/cut-example-data.ts SOURCE.safetensors
 *
 * The elements are copied byte for byte. The same source gives the same file.
 */
import { openSync, readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { listSafetensors } from '@qernel/arrays'
import { writeWhole } from '@qernel/cli'

const LIMIT_BYTES = 1_000_000
const HEAD = 0

/** The tensors of the slice: head 0 of the first layer, all keys, and as many tokens of the values as fit. */
const cuts = [
  { name: 'key', from: 'layers.0.key', shape: [2048, 128] },
  { name: 'value', from: 'layers.0.value', shape: [1792, 128] },
  { name: 'query_last', from: 'layers.0.query_last', shape: [128] },
]

const [source] = process.argv.slice(2)
if (source === undefined) throw new Error('name the source: tsx -C @qernel/source scripts/cut-example-data.ts FILE')
const entries = await listSafetensors(source)
const descriptor = openSync(source, 'r')

const header: Record<string, unknown> = {
  __metadata__: {
    source: 'byte-level Llama-style model, 6 layers, head_dim 128, RoPE, trained on Python source text',
    context: 'held-out text of 2048 bytes, one token per byte',
    cut: 'layer 0, head 0; value: the first 1792 tokens',
  },
}
const data: Uint8Array[] = []
let end = 0
for (const { name, from, shape } of cuts) {
  const entry = entries.find(each => each.name === from)
  if (entry?.dtype !== 'F16') throw new Error(`${source} has no F16 tensor ${from}`)
  const headBytes = entry.byteLength / (entry.shape[0] ?? 1)
  const bytes = new Uint8Array(shape.reduce((product, extent) => product * extent, 2))
  if (bytes.length > headBytes) throw new Error(`a head of ${from} is smaller than [${shape.join(', ')}]`)
  if (readSync(descriptor, bytes, 0, bytes.length, entry.offset + HEAD * headBytes) !== bytes.length) {
    throw new Error(`${source} ends within ${from}`)
  }
  header[name] = { dtype: 'F16', shape, data_offsets: [end, end + bytes.length] }
  data.push(bytes)
  end += bytes.length
}

const json = JSON.stringify(header)
// Spaces after the JSON align the data to 8 bytes, as the format recommends.
const headerBytes = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8))
const length = new Uint8Array(8)
new DataView(length.buffer).setBigUint64(0, BigInt(headerBytes.length), true)

const total = 8 + headerBytes.length + end
if (total > LIMIT_BYTES) throw new Error(`the slice takes ${total} bytes, more than ${LIMIT_BYTES}`)
const target = fileURLToPath(new URL('../examples/data/kv-head.safetensors', import.meta.url))
writeWhole(target, [length, headerBytes, ...data])
process.stdout.write(`${target}: ${total} bytes\n`)
