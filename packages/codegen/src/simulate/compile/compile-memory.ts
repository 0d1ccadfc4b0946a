/** Compiles array accesses to closures. They check bounds, and record each access that could conflict with another thread's. */
import type { ElementType } from '../../program/device-program.ts'
import { type Place, siteAt } from '../findings/place.ts'
import type { Site } from '../findings/site.ts'
import { type ArrayMemory, elementFormat } from '../memory/array-memory.ts'
import { empty, type Local } from './scope.ts'

/** Reads the scalar at a position, for the thread whose frame begins at `at`. */
export type Reader = (at: number, position: number) => number
export type Writer = (at: number, position: number, value: number) => void

export function compileReader(array: string, access: ElementType, place: Place): Reader {
  const local = place.scope.find(array)
  if (local !== undefined) return readLocal(array, local, place)
  const { memory, view, widen, limit, elements } = openArray(array, access, place)
  const site = siteAt(place, 'read')
  const { tracker, changed } = place.state
  const outside = reportOutside(memory, limit, access, place, site)
  const tracked = changed.has(array) || memory.written !== undefined
  if (!tracked) {
    if (widen !== undefined) return (at, i) => (i < limit ? widen(view[i] as number) : outside(at, i))
    return (at, i) => (i < limit ? (view[i] as number) : outside(at, i))
  }
  return (at, position) => {
    if (position >= limit) return outside(at, position)
    if (elements === undefined) tracker.read(memory, position, site, at)
    else for (const element of elements(position)) tracker.read(memory, element, site, at)
    const stored = view[position] as number
    return widen === undefined ? stored : widen(stored)
  }
}

export function compileWriter(array: string, access: ElementType, place: Place): Writer {
  const { memory, view, narrow, limit, elements } = openArray(array, access, place)
  const site = siteAt(place, 'write')
  const { tracker } = place.state
  const outside = reportOutside(memory, limit, access, place, site)
  return (at, position, value) => {
    if (position >= limit) {
      outside(at, position)
      return
    }
    if (elements === undefined) tracker.write(memory, position, site, at)
    else for (const element of elements(position)) tracker.write(memory, element, site, at)
    view[position] = narrow === undefined ? value : narrow(value)
  }
}

/** array[position] = max(array[position], value), on words. */
export function compileAtomicMax(array: string, place: Place): Writer {
  const access = { storage: 'u32', lanes: 1 } as const
  const { memory, view, limit, elements } = openArray(array, access, place)
  const site = siteAt(place, 'atomic')
  const { tracker } = place.state
  const outside = reportOutside(memory, limit, access, place, site)
  return (at, position, value) => {
    if (position >= limit) {
      outside(at, position)
      return
    }
    if (elements === undefined) tracker.change(memory, position, site, at)
    else for (const element of elements(position)) tracker.change(memory, element, site, at)
    view[position] = Math.max(view[position] as number, value)
  }
}

function openArray(array: string, { storage }: ElementType, { state }: Place) {
  const memory = state.memories.get(array)
  if (memory === undefined) throw new Error(`there is no array ${array}`)
  const { bytes, view, widen, narrow } = elementFormat(storage)
  const limit = Math.floor(memory.byteLength / bytes)
  return { memory, view: view(memory.buffer), widen, narrow, limit, elements: declaredElements(memory, bytes) }
}

/** Maps a position to the declared scalars that it touches; undefined if the access has the declared width. */
function declaredElements(
  { storage }: ArrayMemory,
  bytes: number,
): ((position: number) => readonly number[]) | undefined {
  const declared = elementFormat(storage).bytes
  if (bytes === declared) return undefined
  if (bytes < declared) return position => [Math.floor((position * bytes) / declared)]
  const count = bytes / declared
  return position => Array.from({ length: count }, (_, i) => position * count + i)
}

function reportOutside(
  memory: ArrayMemory,
  limit: number,
  { storage }: ElementType,
  { state }: Place,
  site: Site,
): Reader {
  const { tracker } = state
  return (at, position) => {
    tracker.log.add('out-of-bounds', site, tracker.thread, at, () => ({
      message: `${memory.name}[${position}] lies outside ${memory.name}, which has ${limit} elements of ${storage}`,
      array: memory.name,
      element: position,
    }))
    return 0
  }
}

function readLocal(name: string, local: Local, place: Place): Reader {
  const { frame } = place.state
  const { slot } = local
  const inside = checkPrivate(name, local, place, 'read')
  const filled = checkFilled(name, place)
  return (at, position) => {
    if (!inside(at, position)) return 0
    const value = frame[at + slot + position] as number
    return value === empty ? filled(at, position) : value
  }
}

export function compileLocalWriter(name: string, local: Local, place: Place): Writer {
  const { frame } = place.state
  const { slot } = local
  const inside = checkPrivate(name, local, place, 'write')
  return (at, position, value) => {
    if (inside(at, position)) frame[at + slot + position] = value
  }
}

function checkPrivate(
  name: string,
  { length, type }: Local,
  place: Place,
  kind: 'read' | 'write',
): (at: number, position: number) => boolean {
  const site = siteAt(place, kind)
  const { tracker } = place.state
  const limit = length * type.lanes
  return (at, position) => {
    if (position < limit) return true
    const element = Math.floor(position / type.lanes)
    tracker.log.add('out-of-bounds', site, tracker.thread, at, () => ({
      message: `${name}[${element}] lies outside the private array ${name}, which has ${length} elements`,
      array: name,
      element,
    }))
    return false
  }
}

/** The reader of a private value that was never written: it reports a finding and returns 0. */
export function checkFilled(name: string, place: Place): Reader {
  const site = siteAt(place, 'read')
  const { tracker } = place.state
  return (at, position) => {
    tracker.log.add('uninitialised', site, tracker.thread, at, () => ({
      message: `${name} is read, but this thread has not given it a value`,
      array: name,
      element: position,
    }))
    return 0
  }
}
