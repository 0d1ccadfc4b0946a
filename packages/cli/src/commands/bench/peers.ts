/** Times of other implementations, from a file with a JSON object a line. */
import { readFileSync } from 'node:fs'
import { fileError } from '../../errors/file-error.ts'
import { UsageError, unknownName } from '../../errors/usage-error.ts'

export interface Peer {
  readonly kind: string
  readonly name: string
  readonly size: string
  readonly dtype: string
  readonly ms: number
  readonly TBps: number
  readonly note?: string
}

/** Kernels of the library by what peers call them. */
const kinds: Readonly<Record<string, string>> = {
  int8_per_channel_quantize: 'quantize',
  int8_per_channel_dequantize: 'dequantize',
  int8_per_channel_scale: 'absmax',
  int8_per_token: 'token',
}
const allKinds = [...Object.values(kinds), 'ceiling']

/**
 * Reads the rows that have a time; other objects (a line about the device) are passed over.
 * @throws UsageError where the file cannot be read, a line is no JSON object or no row that could stand anywhere, or there is no row at all
 */
export function readPeers(path: string): Peer[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw fileError(error, path, 'read')
  }
  const peers = text
    .split('\n')
    .flatMap((line, position) => (line.trim() === '' ? [] : rowOf(line, `${path}:${position + 1}`)))
  if (peers.length > 0) return peers
  throw new UsageError({ what: 'no row of peers: none has a time', where: path, allowed: form })
}

const form =
  '{"kind": "quantize", "name": "triton", "size": "131072x1024", "dtype": "f32", "ms": 0.224, "TBps": 3.0}, an object a line'

function rowOf(line: string, where: string): Peer[] {
  let row: Partial<Peer> | null
  try {
    row = JSON.parse(line)
  } catch {
    throw new UsageError({ what: 'not a row of peers: the line is not JSON', where, allowed: form })
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new UsageError({ what: 'not a row of peers: the line is no object', where, allowed: form })
  }
  if (row.ms === undefined) return []
  const { kind, name, size, dtype, ms, TBps } = row
  const isRow =
    [kind, name, size, dtype].every(value => typeof value === 'string') &&
    [ms, TBps].every(value => Number.isFinite(value) && Number(value) > 0)
  if (!isRow) {
    throw new UsageError({
      what: 'not a row of peers',
      where,
      allowed: '{"kind", "name", "size", "dtype": strings, "ms", "TBps": numbers above 0}',
    })
  }
  const peer = row as Peer
  if (!allKinds.includes(peer.kind)) throw unknownName('kind', peer.kind, allKinds, { where })
  if (!dtypes.includes(peer.dtype)) throw unknownName('dtype', peer.dtype, dtypes, { where })
  if (!/^\d+x\d+$/.test(peer.size)) {
    throw new UsageError({ what: `size '${peer.size}' is not of the form TxD`, where, allowed: 'as 131072x1024' })
  }
  return [peer]
}

const dtypes = ['f32', 'f16', 'bf16']

/** The peers of a kernel at a size. */
export const peersOf = (peers: readonly Peer[], kernel: string, size: string, element: string): readonly Peer[] =>
  peers.filter(peer => peer.kind === kinds[kernel] && peer.size === size && peer.dtype === element)

/** What peers measured as the ceiling of the mix of a kernel. */
export function peerCeiling(peers: readonly Peer[], kernel: string, size: string, element: string): number | undefined {
  const kind = kinds[kernel]
  const name = kind === 'absmax' ? 'read' : kind === 'dequantize' ? 'dequantize mix' : 'quantize mix'
  return peers.find(
    peer => peer.kind === 'ceiling' && peer.name === name && peer.size === size && peer.dtype === element,
  )?.TBps
}
