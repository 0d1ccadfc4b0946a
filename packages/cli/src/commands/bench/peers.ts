/** Times of other implementations, from a file with one JSON object per line. */
import * as v from 'valibot'
import { anyObject, jsonObject, shapeProblem } from '../../errors/json-shape.ts'
import { UsageError, unknownName } from '../../errors/usage-error.ts'
import { readText } from '../../files/read-text.ts'

const text = v.string('text')
const positive = v.pipe(v.number('a number'), v.finite('finite'), v.gtValue(0, 'above 0'))

const row = jsonObject({
  kind: text,
  name: text,
  size: text,
  dtype: text,
  ms: positive,
  TBps: positive,
  note: v.exactOptional(text),
})

/** A result of another implementation: `ms` milliseconds, `TBps` terabytes per second. */
export type Peer = Readonly<
  Pick<v.InferOutput<typeof row>, 'kind' | 'name' | 'size' | 'dtype' | 'ms' | 'TBps' | 'note'>
>

/** Kernels of the library, by their names in peer files. */
const kinds: Readonly<Record<string, string>> = {
  int8_per_channel_quantize: 'quantize',
  int8_per_channel_dequantize: 'dequantize',
  int8_per_channel_scale: 'absmax',
  int8_per_token: 'token',
}
const allKinds = [...Object.values(kinds), 'ceiling']

/**
 * Reads the rows that have a time; other objects (a line about the device) are skipped.
 * @throws UsageError if the file cannot be read, a line is not a JSON object or not a usable row, or there are no rows
 */
export function readPeers(path: string): Peer[] {
  const text = readText(path)
  const peers = text
    .split('\n')
    .flatMap((line, position) => (line.trim() === '' ? [] : rowOf(line, `${path}:${position + 1}`)))
  if (peers.length > 0) return peers
  throw new UsageError({ what: 'no results of peers: no row has a time', where: path, allowed: form })
}

const form =
  '{"kind": "quantize", "name": "triton", "size": "131072x1024", "dtype": "f32", "ms": 0.224, "TBps": 3.0}, one object per line'

function rowOf(line: string, where: string): Peer[] {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new UsageError({ what: 'not a result of a peer: the line is not JSON', where, allowed: form })
  }
  const any = v.safeParse(anyObject, value)
  if (any.success && any.output.ms === undefined) return []
  const { success, output: peer, issues } = v.safeParse(row, value)
  if (!success) {
    throw new UsageError({ what: `not a result of a peer: ${shapeProblem(issues, 'the line')}`, where, allowed: form })
  }
  if (!allKinds.includes(peer.kind)) throw unknownName('kind', peer.kind, allKinds, { where })
  if (!dtypes.includes(peer.dtype)) throw unknownName('dtype', peer.dtype, dtypes, { where })
  if (!/^\d+x\d+$/.test(peer.size)) {
    throw new UsageError({ what: `size '${peer.size}' is not of the form TxD`, where, allowed: 'such as 131072x1024' })
  }
  return [peer]
}

const dtypes = ['f32', 'f16', 'bf16']

/** The peers of a kernel at a size. */
export const peersOf = (peers: readonly Peer[], kernel: string, size: string, element: string): readonly Peer[] =>
  peers.filter(peer => peer.kind === kinds[kernel] && peer.size === size && peer.dtype === element)

/** The ceiling that peers measured for the mix of a kernel. */
export function peerCeiling(peers: readonly Peer[], kernel: string, size: string, element: string): number | undefined {
  const kind = kinds[kernel]
  const name = kind === 'absmax' ? 'read' : kind === 'dequantize' ? 'dequantize mix' : 'quantize mix'
  return peers.find(
    peer => peer.kind === 'ceiling' && peer.name === name && peer.size === size && peer.dtype === element,
  )?.TBps
}
