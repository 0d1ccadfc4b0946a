import type { Subject } from '@qernel/bench'
import { int8PerToken } from '@qernel/kernels'
import type { Device } from '@qernel/runtime'
import { fixedSchedule } from '@qernel/schedule'
import { afterEach, expect, it, vi } from 'vitest'
import { SweepProgress } from '../../src/commands/bench/sweep-progress.ts'
import { awaitInterruption } from '../../src/frame/interruption.ts'
import { progressOn } from '../../src/frame/progress.ts'

afterEach(() => void vi.restoreAllMocks())

const written = (isTTY: boolean, json = false) => {
  let text = ''
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const progress = progressOn({ write: (more: string) => (text += more), isTTY, columns: 12 }, json)
  const later = (line: string) => {
    now += 1000
    progress.status(line)
  }
  return { ...progress, later, text: () => text.replaceAll('\r\u001b[K', '<') }
}

it('shows the state below the lines of a terminal, cut to its width, and limits how often it changes', () => {
  const { progress, status, later, text } = written(true)
  later('turn 1')
  status('turn 2')
  progress('a line')
  later('turn 3 of a thousand')
  status('')
  expect(text()).toBe('<turn 1<a line\n<turn 1<turn 3 of a<')
})

it('writes only lines to a file, and only the state with --json', () => {
  const [file, json] = [written(false), written(true, true)]
  for (const { progress, later, status } of [file, json]) {
    later('turn 1')
    progress('a line')
    status('')
  }
  expect(file.text()).toBe('a line\n')
  expect(json.text()).toBe('<turn 1<')
})

it('reports progress in one line of a terminal, and every few seconds in a pipe', () => {
  const [terminal, pipe] = [written(true), written(false)]
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  let now = 0
  for (; now < 12_000; now += 1000) for (const { step } of [terminal, pipe]) step(`${now} ms`)
  expect(pipe.text()).toBe('5000 ms\n10000 ms\n')
  expect(terminal.text()).toMatch(/^<0 ms<1000 ms<.*<11000 ms$/)
})

it('the first signal asks to stop, an echo of it is ignored, and the second signal ends the process', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const said: string[] = []
  const before = process.listenerCount('SIGINT')
  const interruption = awaitInterruption(name => void said.push(name))
  expect(interruption.signal()).toBeUndefined()
  process.emit('SIGINT')
  now.mockReturnValue(30)
  process.emit('SIGINT')
  expect([interruption.signal(), said]).toEqual([{ name: 'SIGINT', exitCode: 130 }, ['SIGINT']])
  expect(kill).not.toHaveBeenCalled()
  now.mockReturnValue(2000)
  process.emit('SIGTERM')
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGTERM')
  expect(process.listenerCount('SIGINT')).toBe(before)

  const other = awaitInterruption(() => undefined)
  process.emit('SIGTERM')
  expect(other.signal()).toEqual({ name: 'SIGTERM', exitCode: 143 })
  other.release()
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

it('reports which subject a sweep measures, how much is done, and how long the rest takes', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(100_000)
  const [lines, states]: string[][] = [[], []]
  const told = { progress: (line: string) => void lines?.push(line), status: (line: string) => void states?.push(line) }
  const progress = new SweepProgress(told, 2)
  const subjectOf = (T: number): Subject => ({
    kernel: int8PerToken(),
    wide: 'x',
    sizes: new Map(Object.entries({ T, D: 8 })),
    open: 'T',
    schedules: Array.from({ length: 20 }, () => fixedSchedule([])),
  })
  const [first, second] = [subjectOf(32), subjectOf(64)]
  const device = { kind: 'cuda', name: 'a GPU' } as Device
  progress.expect([first, second])
  const report = progress.of(first, device)
  // Four were known or refused, and took no time.
  report({ done: 4, total: 20, batch: 16, round: 1, rounds: 4 })
  now.mockReturnValue(108_000)
  report({ done: 4, total: 20, batch: 16, round: 3, rounds: 4 })
  now.mockReturnValue(116_000)
  // Of 80 schedules on both devices, 60 are left, which take a second each.
  progress.of(second, device)({ done: 0, total: 20, batch: 16, round: 1, rounds: 4 })
  expect(lines).toEqual([
    'int8_per_token, f32, 32x8 on a GPU (subject 1 of 2): 16 schedules interleaved, 4 of 20 done',
    'int8_per_token, f32, 64x8 on a GPU (subject 2 of 2): 16 schedules interleaved, 0 of 20 done, about 60 s left',
  ])
  expect(states).toEqual([
    '4 of 20 schedules, turn 1 of 4 of 16, int8_per_token, f32, 32x8 on cuda (subject 1 of 2)',
    'about 68 s left: 4 of 20 schedules, turn 3 of 4 of 16, int8_per_token, f32, 32x8 on cuda (subject 1 of 2)',
    'about 60 s left: 0 of 20 schedules, turn 1 of 4 of 16, int8_per_token, f32, 64x8 on cuda (subject 2 of 2)',
  ])
})
