/** One process at a time may append to a store: a file beside it says which. */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { StoreError } from './store-error.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process began, as its system counts: another process may get the same number later. */
  readonly began: string
  readonly token: string
}

/**
 * Takes the lock of a store, or takes it over from a process that is gone.
 * @returns what gives it back
 * @throws StoreError if another process has it; what the file system throws
 */
export function lockStore(path: string): () => void {
  const lock = `${path}.lock`
  const own: Holder = { pid: process.pid, host: hostname(), began: beganAt(process.pid), token: randomUUID() }
  if (!created(lock, own)) takeOver(path, lock, own)
  return () => {
    if (holderOf(lock)?.token === own.token) rmSync(lock, { force: true })
  }
}

/** Whether the file could be made. It gets its name when its text is whole: an empty one would look like that of a process that is gone. */
function created(lock: string, own: Holder): boolean {
  const whole = `${lock}.${own.token}`
  writeFileSync(whole, JSON.stringify(own))
  try {
    linkSync(whole, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(whole, { force: true })
  }
}

/** Only who holds a second lock may replace the first: else two that find the same holder gone would both go on. */
function takeOver(path: string, lock: string, own: Holder): void {
  const guard = `${lock}.takeover`
  for (let attempt = 0; ; attempt++) {
    if (created(guard, own)) break
    const other = holderOf(guard)
    if (attempt > 0 || (other !== undefined && isAlive(other))) throw inUse(path, other)
    // It ended within the few lines that follow; a file that another process has made since then keeps its name.
    const away = `${guard}.${own.token}`
    renameSync(guard, away)
    const moved = holderOf(away)
    if (moved !== undefined && isAlive(moved)) throw inUse(path, moved)
    rmSync(away, { force: true })
  }
  try {
    const holder = holderOf(lock)
    if (holder !== undefined && isAlive(holder)) throw inUse(path, holder)
    const whole = `${lock}.${own.token}`
    writeFileSync(whole, JSON.stringify(own))
    renameSync(whole, lock)
  } finally {
    rmSync(guard, { force: true })
  }
}

/** Undefined if there is none. */
function holderOf(lock: string): Holder | undefined {
  try {
    const { pid, host, began, token } = JSON.parse(readFileSync(lock, 'utf8')) as Partial<Holder>
    return typeof pid === 'number' && typeof host === 'string' && typeof began === 'string' && typeof token === 'string'
      ? { pid, host, began, token }
      : undefined
  } catch {
    return undefined
  }
}

/** Processes of other hosts cannot be seen, so they count as alive. */
function isAlive({ pid, host, began }: Holder): boolean {
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return beganAt(pid) === began
}

/**
 * Field 22 of /proc/PID/stat, ticks since the system started; empty where there is no such file. A process that has ended, and that nobody has
 * asked for its exit code yet, runs no more.
 */
function beganAt(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? 'ended' : (fields[18] ?? '')
  } catch {
    return ''
  }
}

function inUse(path: string, holder: Holder | undefined): StoreError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} of host ${holder.host}`
  return new StoreError({
    what: `${who} is writing to it`,
    where: path,
    hint: `wait for it, or write to another file; if that process is gone, remove ${path}.lock`,
  })
}
