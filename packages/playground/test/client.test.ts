import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { connect, connectBoth } from '../src/engine/client.ts'
import { work } from '../src/engine/engine.ts'
import { type Channel, serve } from '../src/engine/inbox.ts'
import type { CompileRequest, Request, Response } from '../src/protocol.ts'

const request = (name: string): Omit<CompileRequest, 'kind' | 'id'> => ({
  subject: { kernel: { kind: 'library', name }, schedule: { kind: 'named', name: 'naive' }, fixed: {}, at: {} },
  target: 'wgsl',
})

it('answers the newest request of a kind, and says of older ones that they are stale', async () => {
  const { port1, port2 } = new MessageChannel()
  serve(port1 as unknown as Channel)
  const engine = connect(port2 as unknown as Parameters<typeof connect>[0])
  const names = ['int8_per_token', 'int8_per_tensor', 'int8_per_channel']
  const answers = await Promise.all(names.map(name => engine.compile(request(name))))
  expect(answers.map(one => one?.kernel?.name)).toEqual([undefined, undefined, 'int8_per_channel'])
  port1.close()
})

it('gives up what was asked about a subject that has changed, and answers the rest', async () => {
  const { port1, port2 } = new MessageChannel()
  serve(port1 as unknown as Channel)
  const engine = connect(port2 as unknown as Parameters<typeof connect>[0])
  const choices = engine.ask('choices', { ...request('int8_per_token'), position: 0 })
  const { subject, target } = request('int8_per_channel_quantize')
  const steps = [{ text: 'tile(t=16,d=16)', isOn: true }]
  const changed = { subject: { ...subject, schedule: { kind: 'steps', steps } as const }, target }
  const values = engine.ask('values', { ...changed, position: 0 })
  const compiled = engine.compile(changed)
  const more = engine.ask('values', { ...changed, position: 0 })
  expect([await choices, await values]).toEqual([undefined, undefined])
  expect((await compiled)?.steps[0]?.outcome.kind).toBe('applied')
  expect((await more)?.result).toContainEqual({
    argument: 't',
    value: '8',
    step: 'tile(t=8,d=16)',
  })
  port1.close()
})

it('lets a newer request in between the turns of an older one', async () => {
  const sent: Response[] = []
  const channel: Channel = { onmessage: null, postMessage: response => sent.push(response) }
  // Time passes at each look at the clock, so each turn is over at the first occasion.
  let time = 0
  serve(channel, () => (time += 1000))
  const receive = (data: Request): void => channel.onmessage?.({ data } as MessageEvent)
  const { subject, target } = request('int8_per_channel')
  const texts = ['tile(t=64,d=64,stage=q)', 'tile(d=64,stage=scale)']
  const steps = texts.map(text => ({ text, isOn: true }))
  const refused = { subject: { ...subject, schedule: { kind: 'steps', steps } as const }, target }
  receive({ kind: 'ways', id: 1, ...refused })
  let turns = 0
  // The timers of the inbox and of this test take turns.
  for (; turns < 6; turns++) await new Promise(resolve => setTimeout(resolve))
  expect(sent).toEqual([])
  receive({ kind: 'compile', id: 2, subject, target })
  expect(sent).toEqual([{ kind: 'stale', id: 1 }])
  while (sent.length < 2) {
    await new Promise(resolve => setTimeout(resolve))
    turns++
  }
  expect(sent[1]).toMatchObject({ kind: 'compile', id: 2 })
  const all = [...work({ kind: 'ways', id: 3, ...refused })].length
  expect(turns).toBeLessThan(all)
})

it('asks another worker about texts, which starts when one is asked about', async () => {
  const sent: Record<string, Request[]> = { compiler: [], language: [] }
  const channel = (name: string) => ({ onmessage: null, postMessage: (one: Request) => sent[name]?.push(one) })
  const compiler: Parameters<typeof connect>[0] = channel('compiler')
  const started: string[] = []
  const engine = connectBoth(compiler, () => {
    started.push('language')
    return channel('language')
  })
  const compiled = engine.compile(request('int8_per_token'))
  expect(started).toEqual([])
  // Neither is answered: TypeScript is still being read.
  for (const offset of [0, 1]) void engine.ask('complete', { text: 'max', offset })
  void engine.ask('text', { source: { kind: 'library', name: 'int8_per_token' } })
  expect(started).toEqual(['language'])
  expect(sent.compiler?.map(({ kind }) => kind)).toEqual(['compile'])
  expect(sent.language?.map(({ kind }) => kind)).toEqual(['complete', 'complete', 'text'])
  const result = { problems: [], steps: [], stages: [] }
  compiler.onmessage?.({ data: { kind: 'compile', id: sent.compiler?.[0]?.id, result } } as MessageEvent)
  expect(await compiled).toEqual(result)
})
