/** The layout of formats in tensors. Only this file packs and unpacks nibbles, bytes and words. */
import type { Tensor } from '@qernel/dsl'
import { bitsOfF16, f16OfBits } from './arithmetic.ts'
import type { Layout, Storage, Stored } from './format.ts'

const groupsOf = ({ groups }: Layout): readonly number[] => Array.from({ length: groups }, (_, group) => group)
const elementsOf = ({ groupSize }: Layout): readonly number[] =>
  Array.from({ length: groupSize }, (_, element) => element)

function dataOf(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor['data'] {
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new Error(`no tensor ${name}, only ${[...tensors.keys()].join(', ')}`)
  return tensor.data
}

function filled(
  like: ReadonlyMap<string, Tensor>,
  name: string,
  set: (data: Tensor['data']) => void,
): [string, Tensor] {
  const tensor = like.get(name)
  if (tensor === undefined) throw new Error(`no tensor ${name}, only ${[...like.keys()].join(', ')}`)
  const data = tensor.data.slice()
  set(data)
  return [name, { ...tensor, data }]
}

/** One tensor per parameter with one element per group, in the order of groups; missing tensors are left out. */
const readParameters = (tensors: ReadonlyMap<string, Tensor>, names: readonly string[], layout: Layout) =>
  groupsOf(layout).map(group => names.map(name => dataOf(tensors, name)[group] as number))

const writeParameters = (names: readonly string[], { parameters }: Stored, like: ReadonlyMap<string, Tensor>) =>
  names.map((name, index) =>
    filled(like, name, data => {
      parameters.forEach((values, group) => {
        data[group] = values[index] as number
      })
    }),
  )

/** Tensors of parameters, and codes q in the layout of x. */
export function apart(...names: readonly string[]): Storage {
  return {
    read: (tensors, layout) => ({
      parameters: readParameters(
        tensors,
        names.filter(name => tensors.has(name)),
        layout,
      ),
      codes: groupsOf(layout).map(group =>
        tensors.has('q')
          ? elementsOf(layout).map(element => dataOf(tensors, 'q')[layout.at(group, element)] as number)
          : [],
      ),
    }),
    write: (stored, like, layout) =>
      new Map([
        ...writeParameters(names, stored, like),
        filled(like, 'q', data => {
          stored.codes.forEach((codes, group) => {
            codes.forEach((code, element) => {
              data[layout.at(group, element)] = code
            })
          })
        }),
      ]),
  }
}

/** Elements j and j + n/2 of a group of n share byte j of q: j in the low nibble. */
export function halvesInNibbles(...names: readonly string[]): Storage {
  return {
    read: (tensors, layout) => ({
      parameters: readParameters(tensors, names, layout),
      codes: groupsOf(layout).map(group => {
        const half = layout.groupSize / 2
        return nibbles(elementsOf(layout).map(j => dataOf(tensors, 'q')[group * half + (j % half)] as number))
      }),
    }),
    write: (stored, like, layout) =>
      new Map([
        ...writeParameters(names, stored, like),
        filled(like, 'q', data => {
          stored.codes.forEach((codes, group) => {
            data.set(joined(codes), (group * layout.groupSize) / 2)
          })
        }),
      ]),
  }
}

/** The code of each element from its byte: the first half of the elements are in low nibbles. */
const nibbles = (bytes: readonly number[]): readonly number[] =>
  bytes.map((byte, j) => (j < bytes.length / 2 ? byte % 16 : Math.floor(byte / 16)))

const joined = (codes: readonly number[]): readonly number[] =>
  codes.slice(0, codes.length / 2).map((low, j) => low + 16 * (codes[j + codes.length / 2] as number))

/** One run of bytes per group, in one tensor: the parameter, then the codes. */
function runs(
  name: string,
  parameterBytes: number,
  codeBytes: (groupSize: number) => number,
  parameter: { read(bytes: DataView): number; write(bytes: DataView, value: number): void },
  codes: { read(bytes: readonly number[]): readonly number[]; write(codes: readonly number[]): readonly number[] },
): Storage {
  return {
    read: (tensors, layout) => {
      const data = Uint8Array.from(dataOf(tensors, name))
      const length = parameterBytes + codeBytes(layout.groupSize)
      if (data.length !== length * layout.groups) throw new Error(`${name} holds ${data.length} bytes`)
      return {
        parameters: groupsOf(layout).map(group => [
          parameter.read(new DataView(data.buffer, group * length, parameterBytes)),
        ]),
        codes: groupsOf(layout).map(group =>
          codes.read([...data.slice(group * length + parameterBytes, (group + 1) * length)]),
        ),
      }
    },
    write: (stored, like, layout) => {
      const length = parameterBytes + codeBytes(layout.groupSize)
      return new Map([
        filled(like, name, data => {
          stored.codes.forEach((values, group) => {
            const header = new DataView(new ArrayBuffer(parameterBytes))
            parameter.write(header, stored.parameters[group]?.[0] as number)
            data.set(new Uint8Array(header.buffer), group * length)
            data.set(codes.write(values), group * length + parameterBytes)
          })
        }),
      ])
    },
  }
}

const f16Header = {
  read: (bytes: DataView) => f16OfBits(bytes.getUint16(0, true)),
  write: (bytes: DataView, value: number) => bytes.setUint16(0, bitsOfF16(value), true),
}
const f32Header = {
  read: (bytes: DataView) => bytes.getFloat32(0, true),
  write: (bytes: DataView, value: number) => bytes.setFloat32(0, value, true),
}
const signedBytes = {
  read: (bytes: readonly number[]) => bytes.map(byte => (byte < 128 ? byte : byte - 256)),
  write: (codes: readonly number[]) => codes.map(code => (code < 0 ? code + 256 : code)),
}
const halves = { read: (bytes: readonly number[]) => nibbles([...bytes, ...bytes]), write: joined }

/** llama.cpp's block_q8_0: { f16 d, i8 qs[32] }. */
export const blocksOfQ8 = runs('blocks', 2, size => size, f16Header, signedBytes)
/** llama.cpp's block_q4_0: { f16 d, u8 qs[16] }, element j in the low nibble of byte j, j + 16 in its high one. */
export const blocksOfQ4 = runs('blocks', 2, size => size / 2, f16Header, halves)
/** ONNX Runtime WebGPU: a word with the f32 scale, then words of four codes, the first in the lowest bits. */
export const recordsOfInt8 = runs('rows', 4, size => size, f32Header, signedBytes)
