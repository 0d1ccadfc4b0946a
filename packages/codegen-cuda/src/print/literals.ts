import { atom, call, type DeviceExpr, floatDecimal, infix, type Printed, prefix } from '@qernel/codegen/internal'

/** The literal of a scalar, exact to the bit (every NaN becomes the default quiet NaN). */
export function printLiteral({ value, type }: DeviceExpr & { kind: 'literal' }): Printed {
  switch (type.scalar) {
    case 'f32':
      return printFloat(value)
    case 'i32':
      return printSigned(value)
    case 'u32':
      return atom(`${value}u`)
    case 'bool':
      return atom(value === 0 ? 'false' : 'true')
  }
}

/** A word in hexadecimal, if its bits matter more than its number. */
export const printMask = (value: number): Printed => atom(`0x${value.toString(16)}u`)

function printFloat(value: number): Printed {
  if (Number.isNaN(value)) return call('__int_as_float', atom('0x7fc00000'))
  if (!Number.isFinite(value)) return value > 0 ? infinity : prefix('-', infinity)
  const magnitude = atom(`${floatDecimal(Math.abs(value))}f`)
  return value < 0 || Object.is(value, -0) ? prefix('-', magnitude) : magnitude
}

const infinity = call('__int_as_float', atom('0x7f800000'))

function printSigned(value: number): Printed {
  // 2147483648 does not fit an int.
  if (value === -(2 ** 31)) return infix('-', prefix('-', atom('2147483647')), atom('1'))
  return value < 0 ? prefix('-', atom(String(-value))) : atom(String(value))
}
