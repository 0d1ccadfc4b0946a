import type { CompiledKernel } from '@qernel/codegen'
import { expect, it } from 'vitest'
import { Executables } from '../src/executables.ts'

const kernel = (source: string): CompiledKernel => ({
  kernel: 'k',
  target: 'wgsl',
  source,
  arrays: [],
  sizes: [],
  requires: [],
  launches: [],
})

it('compiles a kernel once, until every load was given back', async () => {
  const executables = new Executables()
  let count = 0
  const load = (source: string) =>
    executables.load(kernel(source), async () => ({ compiled: kernel(source), number: ++count }))
  const first = await load('a')
  expect(await load('a')).toBe(first)
  await load('b')
  expect(count).toBe(2)
  expect(executables.giveBack(first)).toBe(false)
  expect(executables.giveBack(first)).toBe(true)
  expect(executables.giveBack(first)).toBe(false)
  expect(await load('a')).toMatchObject({ number: 3 })
  expect(await executables.clear()).toMatchObject([{ number: 2 }, { number: 3 }])
  expect(await executables.clear()).toEqual([])
})

it('compiles a kernel again if it failed before', async () => {
  const executables = new Executables()
  const broken = executables.load(kernel('a'), async () => Promise.reject(new Error('too little memory')))
  await expect(broken).rejects.toThrow('too little memory')
  const compiled = kernel('a')
  expect(await executables.load(compiled, async () => ({ compiled }))).toEqual({ compiled })
})
