/**
 * The state of the page as the fragment of its address: `1.` for the version, then JSON, compressed (zlib, which has a checksum) and written in base64url.
 * Browsers never send a fragment to a server.
 */
import * as v from 'valibot'
import { type SharedState, sharedState } from './shared-state.ts'

const version = '1'

/** A text that unpacks to more is no state of this page. */
const mostBytes = 1 << 20

export type Decoded =
  | { readonly kind: 'state'; readonly state: SharedState }
  /** `message` is one sentence for the visitor. */
  | { readonly kind: 'damaged'; readonly message: string }

/** The fragment of a state, without `#`. */
export async function encodeFragment(state: SharedState): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(state))
  return `${version}.${toBase64Url(await through(new CompressionStream('deflate'), bytes))}`
}

/** The state of a fragment with or without `#`. Never throws: whatever is wrong with the text is part of the answer. */
export async function decodeFragment(fragment: string): Promise<Decoded> {
  const [given = '', packed = ''] = fragment.replace(/^#/, '').split('.', 2)
  if (/^\d{1,4}$/.test(given) && given !== version)
    return damaged(`it has the format ${given}, and this page reads the format ${version}`)
  if (given !== version) return damaged('it does not begin with the number of a format')
  try {
    const bytes = await through(new DecompressionStream('deflate'), fromBase64Url(packed))
    const parsed = v.safeParse(sharedState, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    if (parsed.success) return { kind: 'state', state: parsed.output }
    const [issue] = parsed.issues
    return damaged(`${v.getDotPath(issue) ?? 'its content'} is not what this page writes`)
  } catch {
    return damaged('part of it is missing or was changed on the way')
  }
}

const damaged = (why: string): Decoded => ({
  kind: 'damaged',
  message: `This link cannot be read: ${why}. The page shows its first example instead.`,
})

async function through(stream: CompressionStream | DecompressionStream, bytes: Uint8Array<ArrayBuffer>) {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > mostBytes) throw new RangeError(`more than ${mostBytes} bytes`)
    chunks.push(part.value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(binary, character => character.charCodeAt(0))
}
