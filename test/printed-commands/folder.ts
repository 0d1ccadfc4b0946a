/** A folder with the files that printed commands read. */
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npyBytes } from '@qernel/arrays'
import { writeWhole } from '@qernel/cli'
import { f32 } from '@qernel/dsl'

const texts: Readonly<Record<string, string>> = {
  'package.json': '{"type":"module"}',
  'peers.jsonl': '{"kind":"quantize","name":"a","size":"16x64","dtype":"f32","ms":1,"TBps":1}\n',
  'part-1.jsonl': '',
  'part-2.jsonl': '',
  'schedules.txt': 'tile(t=4,d=64)\n',
  'mine.ts': `import { f32, kernel } from '@qernel/dsl'
export const twice = kernel('twice', ({ size, input, output }) => {
  const N = size('N')
  const x = input('x', f32, [N])
  output('y', f32, { n: N }, n => x(n).mul(2))
})
`,
  'my-transform.ts': `import { defineTransform, tile } from '@qernel/schedule'
export const mine = defineTransform({ ...tile.transform, name: 'mine' })
`,
}

/** Makes it, with the examples and packages of the repository in it. */
export function folderOfFiles(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-printed-'))
  for (const name of ['examples', 'node_modules']) symlinkSync(join(root, name), join(folder, name))
  mkdirSync(join(folder, 'bench/results'), { recursive: true })
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
  writeFileSync(
    join(folder, 'kv.safetensors'),
    withLayer(readFileSync(join(root, 'examples/data/kv-head.safetensors'))),
  )
  const data = Float32Array.from({ length: 16 * 64 }, (_, i) => i % 17)
  writeWhole(join(folder, 'keys.npy'), npyBytes({ type: f32, shape: [16, 64], data }))
  return folder
}

/** A key cache with a tensor of all heads of one layer behind its own. */
function withLayer(file: Buffer): Buffer {
  const length = Number(file.readBigUInt64LE())
  const data = file.subarray(8 + length)
  const header: object = JSON.parse(file.toString('utf8', 8, 8 + length))
  const [heads, T, D] = [2, 8, 64]
  const layer = { dtype: 'F32', shape: [heads, T, D], data_offsets: [data.length, data.length + heads * T * D * 4] }
  const text = Buffer.from(JSON.stringify({ ...header, 'layers.0.key': layer }))
  const start = Buffer.alloc(8)
  start.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([start, text, data, Buffer.alloc(heads * T * D * 4)])
}
