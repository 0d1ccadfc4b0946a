import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { usageErrorOf } from '../../../../test/usage-error.ts'
import { parseInputSpec } from '../../src/arguments/input-spec.ts'
import { UsageError } from '../../src/errors/usage-error.ts'

describe('an input may come from', () => {
  it('a .npy file', () => {
    expect(parseInputSpec('x=keys.npy')).toEqual({ name: 'x', path: 'keys.npy', format: 'npy', selection: [] })
  })

  it('a tensor of a .safetensors file, or a part of it', () => {
    expect(parseInputSpec('x=a/kv.safetensors#layers.0.key[0, 0:512]')).toEqual({
      name: 'x',
      path: 'a/kv.safetensors',
      format: 'safetensors',
      tensor: 'layers.0.key',
      selection: [
        { kind: 'index', index: 0 },
        { kind: 'range', start: 0, stop: 512 },
      ],
    })
  })

  it.each([
    ['x=dir.npy/kv.safetensors#t.npy', 'dir.npy/kv.safetensors', 't.npy'],
    ['x=a#b[1].safetensors#t', 'a#b[1].safetensors', 't'],
    ['x=a=b.safetensors#w[0][:]', 'a=b.safetensors', 'w[0]'],
    ['x=A.SAFETENSORS', 'A.SAFETENSORS', undefined],
  ])('%s', (text, path, tensor) => {
    const spec = parseInputSpec(text)
    expect([spec.path, spec.tensor]).toEqual([path, tensor])
  })
})

describe('refuses', () => {
  it.each([
    ['keys.npy', "there is no '=' between the name of the input and its file"],
    ['=keys.npy', "'' is not the name of an input"],
    ['x y=keys.npy', "'x y' is not the name of an input"],
    ['x=', 'the file is missing after the ='],
    ['x=keys', "the file 'keys' has no extension"],
    ['x=keys.np', "unknown kind of file '.np'"],
    ['x=keys.npy#key', 'a .npy file holds one array, so nothing can follow a #'],
    ['x=kv.safetensors#', 'the name of a tensor is missing after the #'],
    ['x=kv.safetensors#[0]', 'the name of a tensor is missing after the #'],
    ['x=keys.npy[0', "the selection has no closing ']'"],
    ['x=keys.npy[0]]', "cannot read 'keys.npy[0]]'"],
    ['x=keys.npy[a]', "cannot read 'a' in the selection [a]"],
  ])('%s', async (text, what) => {
    expect(await usageErrorOf(() => parseInputSpec(text))).toMatchObject({ what, where: `--input ${text}` })
  })

  it('no text ends in any other error', () => {
    const piece = fc.constantFrom('x', '=', '.npy', '.safetensors', '#', '[', ']', ':', ',', '0', '-1', '/', ' ', 'é')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        try {
          parseInputSpec(pieces.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
