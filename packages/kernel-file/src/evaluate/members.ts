/** `a.name`, `a[key]`, and calls of tensors and of the fields of records. */
import { affine, Index, Value } from '@qernel/dsl'
import { nearest } from '@qernel/dsl/internal'
import { builtin, wrongCount } from './builtins.ts'
import { describe } from './describe.ts'
import { type Call, isThing, type Known, poison, type Thing } from './known.ts'
import { asValue } from './operators.ts'

export function memberOf(of: Known, name: string, call: Call): Known {
  if (isThing(of, 'poison')) return poison
  if (isThing(of, 'object')) {
    if (of.entries.has(name)) return of.entries.get(name)
    return noMember(call, name, [...of.entries.keys()], call.textOf(0))
  }
  if (isThing(of, 'list')) {
    if (name === 'length') return of.items.length
    if (name === 'map') return builtin('map', one => mapped(of.items, one))
    return noMember(call, name, ['length', 'map'], 'a list')
  }
  if (isThing(of, 'size')) {
    if (name === 'groups') return builtin('groups', one => groupsOf(of, one))
    return noMember(call, name, ['groups'], 'a size')
  }
  if (isThing(of, 'groups')) return groupMember(of, name, call)
  if (isThing(of, 'type')) {
    if (name === 'name' || name === 'bits') return of.type[name]
    return noMember(call, name, ['name', 'bits'], 'a type')
  }
  if (isThing(of, 'record')) {
    const fields = Object.keys(of.handle)
    if (fields.includes(name)) return builtin(`${of.name}.${name}`, one => fieldOf(of, name, one))
    return noMember(call, name, fields, `the record ${of.name}`)
  }
  return noMember(call, name, [], describe(of))
}

const noMember = (call: Call, name: string, allowed: readonly string[], what: string): Known =>
  call.report(
    'unknown-property',
    `${what} has no ${name}`,
    allowed.length === 0 ? 'operators and functions' : nearest(name, allowed).slice(0, 6).join(', '),
  )

function mapped(items: readonly Known[], call: Call): Known {
  const [by] = call.args
  if (!isThing(by, 'closure'))
    return call.report('arguments', 'map needs a function of this file', 'list.map(item => …)')
  const more = by.expression.parameters.length > 1
  return { kind: 'list', items: items.map((item, position) => call.invoke(by, more ? [item, position] : [item])) }
}

function groupsOf(size: Thing & { kind: 'size' }, call: Call): Known {
  const wrong = wrongCount(call, 'groups', 1)
  if (wrong !== undefined) return wrong
  const [length] = call.args
  if (typeof length !== 'number')
    return call.report('arguments', `the length of groups is ${describe(length)}`, 'a number that is known: 32', 0)
  return call.attempt(() => ({ kind: 'groups', handle: size.handle.groups(length) }))
}

function groupMember({ handle }: Thing & { kind: 'groups' }, name: string, call: Call): Known {
  if (name === 'count') return { kind: 'count', groups: handle }
  if (name === 'at')
    return builtin('at', one => {
      const [group] = one.args
      if (group instanceof Index) return { kind: 'elements', groups: handle, group }
      return one.report(
        'operand',
        `a group is an index, but ${one.textOf(0)} is ${describe(group)}`,
        'an index of groups.count',
        0,
      )
    })
  if (name === 'of')
    return builtin('of', one => {
      const [index] = one.args
      if (index instanceof Index && index.groupIndex !== undefined) {
        const [group] = index.groupIndex.affine.terms.keys()
        if (group !== undefined && affine.coefficient(index.affine, group) === handle.length) return index.groupIndex
      }
      const instead = 'an index of an axis that is these groups: output(…, { t: T, d: groups }, (t, d) => …)'
      return one.report(
        'axis',
        `${one.textOf(0)} is ${describe(index)} that was not opened as these groups`,
        instead,
        0,
      )
    })
  return noMember(call, name, ['count', 'at', 'of'], 'groups')
}

/** `of[key]`: of a list or an object, with a key that is known. */
export function elementOf(call: Call): Known {
  if (call.isPoisoned) return poison
  const [of, key] = call.args
  const text = call.textOf(0)
  if (isThing(of, 'tensor'))
    return call.report('call', `${text} is a tensor, which is called`, `${text}(${call.textOf(1)})`)
  if (typeof key !== 'number' && typeof key !== 'string')
    return call.report(
      'dynamic-property',
      `the key ${call.textOf(1)} is ${describe(key)}, which is not known when the file is read`,
      "a table of values is an input: const table = input('table', f32, [16])",
      1,
    )
  if (isThing(of, 'list') && typeof key === 'number') {
    if (Number.isInteger(key) && key >= 0 && key < of.items.length) return of.items[key]
    return call.report('unknown-property', `${text} has ${of.items.length} items, but no item ${key}`, undefined, 1)
  }
  if (!isThing(of, 'object'))
    return call.report(
      'unknown-property',
      `${text} is ${describe(of)}, which has no [${call.textOf(1)}]`,
      'a list or an object',
    )
  if (of.entries.has(String(key))) return of.entries.get(String(key))
  return call.report('unknown-property', `${text} has no ${String(key)}`, [...of.entries.keys()].join(', '), 1)
}

/** A call of a tensor: one element. */
export function loadOf(tensor: Thing & { kind: 'tensor' }, call: Call): Known {
  if (call.isPoisoned) return poison
  const { dims } = tensor.handle.buffer
  const rank = dims.length
  const given = call.args.length
  if (given !== rank)
    return call.report(
      'rank',
      `${tensor.name} has ${rank} ${rank === 1 ? 'dimension' : 'dimensions'}, [${dims.map(affine.printExtent).join(', ')}], but is called with ${given} ${given === 1 ? 'index' : 'indices'}`,
    )
  const indices = subscripts(call, tensor.name)
  return indices === undefined ? poison : call.attempt(() => tensor.handle(...indices))
}

/** The arguments as indices; undefined after a report. */
function subscripts(call: Call, name: string): (Index | number | Value)[] | undefined {
  const indices: (Index | number | Value)[] = []
  for (const [position, one] of call.args.entries()) {
    const value = one instanceof Index ? one : asValue(one)
    if (value instanceof Index || (typeof value === 'number' && Number.isInteger(value) && value >= 0))
      indices.push(value)
    else if (value instanceof Value && (value.type === 'i32' || value.type === 'u32')) indices.push(value)
    else {
      const instead =
        value instanceof Value && value.type === 'f32'
          ? `saturate(round(${call.textOf(position)}), i32)`
          : 'an index, a whole number or an integer value'
      call.report('dtype', `index ${position + 1} of ${name} is ${describe(one)}`, instead, position)
      return undefined
    }
  }
  return indices
}

function fieldOf(record: Thing & { kind: 'record' }, name: string, call: Call): Known {
  const indices = subscripts(call, `${record.name}.${name}`)
  if (indices === undefined) return poison
  const read = record.handle[name] as (...index: readonly (Index | number | Value)[]) => Value
  return call.attempt(() => read(...indices))
}
