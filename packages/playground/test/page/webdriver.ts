/** A connection to a browser that speaks WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which Debian's Firefox does without any other program. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

type Values = Readonly<Record<string, unknown>>

/** A message of the browser: the answer to a command, or an event. */
interface Message {
  readonly id?: number
  readonly type: 'success' | 'error' | 'event'
  readonly result?: Values
  readonly method?: string
  readonly params?: Values
  readonly message?: string
}

export interface WebDriver {
  /** @throws Error if the browser refuses the command */
  send<Result = unknown>(method: string, params: Values): Promise<Result>
  /** Calls `hear` for each event of a name, such as `log.entryAdded`. */
  on(event: string, hear: (params: Values) => void): Promise<void>
  close(): void
}

/** @param address of the browser, such as `ws://127.0.0.1:4444` */
export async function connectDriver(address: string): Promise<WebDriver> {
  const socket = new WebSocket(`${address}/session`)
  await once(socket, 'open')
  const waiting = new Map<number, (message: Message) => void>()
  const heard = new Map<string, (params: Values) => void>()
  socket.on('message', data => {
    const message: Message = JSON.parse(String(data))
    if (message.type === 'event') heard.get(message.method ?? '')?.(message.params ?? {})
    else waiting.get(message.id ?? 0)?.(message)
  })
  let last = 0
  const send = async <Result>(method: string, params: Values): Promise<Result> => {
    const id = ++last
    const answer = new Promise<Message>(resolve => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { type, result, message } = await answer
    waiting.delete(id)
    if (type === 'error') throw new Error(`${method}: ${message}`)
    return result as Result
  }
  await send('session.new', { capabilities: {} })
  return {
    send,
    on: async (event, hear) => {
      heard.set(event, hear)
      await send('session.subscribe', { events: [event] })
    },
    close: () => socket.close(),
  }
}
