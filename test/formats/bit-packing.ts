/**
 * Rows of codes as InnerQ packs them (arXiv 2602.23200): 32-bit words, least significant bits first, where a code may straddle two words. Bit by
 * bit, unlike any other packing code here.
 */
export function packedRows(codes: readonly number[], columns: number, bits: number): Uint8Array {
  const rowBytes = 4 * Math.ceil((columns * bits) / 32)
  const bytes = new Uint8Array((codes.length / columns) * rowBytes)
  codes.forEach((code, i) => {
    const row = Math.floor(i / columns)
    for (let bit = 0; bit < bits; bit++) {
      const at = 8 * row * rowBytes + (i % columns) * bits + bit
      const byte = Math.floor(at / 8)
      if ((code >> bit) & 1) bytes[byte] = (bytes[byte] as number) + 2 ** (at % 8)
    }
  })
  return bytes
}
