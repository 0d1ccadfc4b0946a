/** The parts of docs/language.md that come from the tables of the language. */
import { type Accuracy, integerRange, operationNames, operations, storageTypes } from '@qernel/dsl'
import { elementsPerUnit } from '@qernel/dsl/internal'
import { markdownTable } from '../markers.ts'

/** Operations that authors do not call by the operation's own name. */
const calls: Readonly<Record<string, string>> = {
  bitcastF32: "a.bitcast('f32')",
  bitcastI32: "a.bitcast('i32')",
  bitcastU32: "a.bitcast('u32')",
  saturate: 'a.saturate(i8)',
  narrow: 'a.narrow(f16)',
  wrap: 'a.wrap(u4)',
}
const operands = ['a', 'b', 'c']

function callOf(name: string, arity: number): string {
  if (name === 'clamp') return 'a.clamp(low, high)'
  return calls[name] ?? `a.${name}(${operands.slice(1, arity).join(', ')})`
}

/** `within 3 + 2·\|a\| ulp`: a bar would end a cell. */
function accuracyText({ ulp, ulpPerMagnitude, absolute }: Accuracy): string {
  if (ulp === 0) return 'exact'
  const units = `${ulp}${ulpPerMagnitude === undefined ? '' : ` + ${ulpPerMagnitude}·\\|a\\|`} ulp`
  if (absolute === undefined) return `within ${units}`
  return `within ${units}, for a from ${absolute.from} to ${absolute.to} within 2^${Math.log2(absolute.error)}`
}

export function operationsTable(): string {
  return markdownTable(
    ['operation', 'on', 'gives', 'meaning'],
    operationNames.map(name => {
      const { on, arity, result, meaning, approximate } = operations[name]
      const gives = name === 'saturate' || name === 'wrap' ? "the type's" : (result ?? 'the same')
      return [
        `\`${callOf(name, arity)}\``,
        on.join(' '),
        gives,
        approximate
          ? `${meaning}; WGSL ${accuracyText(approximate.wgsl)}, CUDA ${accuracyText(approximate.cuda)}`
          : meaning,
      ]
    }),
  )
}

export function typesTable(): string {
  return markdownTable(
    ['type', 'bits', 'a load gives', 'holds', 'fewest elements of whole words'],
    [...storageTypes.values()].map(type => {
      const { low, high } = integerRange(type)
      const holds =
        type.float === undefined
          ? `${low} … ${high}`
          : `${type.float.exponentBits} exponent bits, ${type.float.mantissaBits} of mantissa${type.float.hasInfinity ? '' : ', no infinities'}`
      return [`\`${type.name}\``, String(type.bits), type.compute, holds, String(elementsPerUnit(type))]
    }),
  )
}
