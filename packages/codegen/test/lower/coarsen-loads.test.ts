/** The purpose of `coarsen`: all loads of all copies are issued before the first store, however copies are written. */
import { applySchedule, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { type DeviceExpr, type DeviceStatement, lower, statementsOf } from '../../src/internal.ts'
import { quantize } from '../int8-kernels.ts'
import { cudaTarget, wgslTarget } from '../targets.ts'

/** Loads of global memory and stores in program order, with loops unrolled. */
function accesses(body: readonly DeviceStatement[], globals: ReadonlySet<string>): string[] {
  const loads = (e: DeviceExpr): string[] => {
    if (e.kind === 'load') return globals.has(e.array) ? ['load'] : []
    if (e.kind === 'op' || e.kind === 'construct') return e.args.flatMap(loads)
    return e.kind === 'component' || e.kind === 'dynamicComponent' ? loads(e.of) : []
  }
  return body.flatMap((s): string[] => {
    if (s.kind === 'if') return accesses(s.body, globals)
    if (s.kind === 'for') {
      const times = s.extent.kind === 'literal' ? s.extent.value : 1
      return Array.from({ length: times }, () => accesses(s.body, globals)).flat()
    }
    if (s.kind === 'store') return [...loads(s.value), 'store']
    return 'value' in s && s.value !== undefined ? loads(s.value) : []
  })
}

describe.each([wgslTarget, cudaTarget])('for $name', target => {
  test.each([
    'tile(t=16,d=64) coarsen(d=4)',
    'tile(t=16,d=64) coarsen(d=4,order=blocked)',
    'tile(t=16,d=64) vectorize(d=4) coarsen(t=4) predicate(d=assume)',
    'tile(t=16,d=64) vectorize(d=4) coarsen(t=4,order=blocked) predicate(d=mask)',
    'tile(t=1,d=64) coarsen(t=8)',
  ])('%s loads everything before the first store', steps => {
    const { nativeTypes } = target
    const { program } = lower(applySchedule(quantize(), parseSteps(steps), { nativeTypes }), target)
    const globals = new Set(program.arrays.map(({ name }) => name))
    const body = program.functions[0]?.body ?? []
    const order = accesses(body, globals)
    expect(order.filter(access => access === 'store').length).toBeGreaterThan(1)
    expect(order.lastIndexOf('load')).toBeLessThan(order.indexOf('store'))
    expect([...statementsOf(body)].some(({ kind }) => kind === 'barrier')).toBe(false)
  })
})
