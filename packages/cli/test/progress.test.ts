import { afterEach, expect, it, vi } from 'vitest'
import { awaitInterruption } from '../src/frame/interruption.ts'
import { progressOn } from '../src/frame/progress.ts'

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

it('shows a state below the lines of a terminal, cut to its width, and not too often', () => {
  const { progress, status, later, text } = written(true)
  later('turn 1')
  status('turn 2')
  progress('a line')
  later('turn 3 of a thousand')
  status('')
  expect(text()).toBe('<turn 1<a line\n<turn 1<turn 3 of a<')
})

it('says only lines elsewhere, and with --json only the state', () => {
  const [file, json] = [written(false), written(true, true)]
  for (const { progress, later, status } of [file, json]) {
    later('turn 1')
    progress('a line')
    status('')
  }
  expect(file.text()).toBe('a line\n')
  expect(json.text()).toBe('<turn 1<')
})

it('takes the first signal as a wish; an echo of it is the same, and the second ends the process', () => {
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
