/** Times of other implementations, from a file with a JSON object a line. */
import { readFileSync } from 'node:fs'
import { fileError } from '../../errors/file-error.ts'
import { UsageError } from '../../errors/usage-error.ts'

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

/**
 * Reads the rows that have a time; other objects (a line about the device) are passed over.
 * @throws UsageError where the file cannot be read, or a line is no JSON object
 */
export function readPeers(path: string): Peer[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw fileError(error, path, 'read')
  }
  return text.split('\n').flatMap((line, position): Peer[] => {
    if (line.trim() === '') return []
    const where = `${path}:${position + 1}`
    let row: Partial<Peer> | null
    try {
      row = JSON.parse(line)
    } catch {
      throw new UsageError({ what: 'not a row of peers: the line is not JSON', where })
    }
    if (typeof row !== 'object' || row === null) {
      throw new UsageError({ what: 'not a row of peers: the line is no object', where })
    }
    if (row.ms === undefined) return []
    const { kind, name, size, dtype, ms, TBps } = row
    const isRow =
      [kind, name, size, dtype].every(value => typeof value === 'string') && [ms, TBps].every(Number.isFinite)
    if (!isRow) {
      throw new UsageError({
        what: 'not a row of peers',
        where,
        allowed: '{"kind", "name", "size", "dtype": strings, "ms", "TBps": numbers}',
      })
    }
    return [row as Peer]
  })
}

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
