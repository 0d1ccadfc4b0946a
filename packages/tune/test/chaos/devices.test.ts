/** A search on several devices, each with a worker of its own: through the real supervisor and store, on simulated devices of which some are lost for good. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'
import { type Event, legalSchedules, type Plan, type Searched, search } from './search-under-faults.ts'

const folder = temporaryFolder()
const devices = ['first', 'second', 'third']
const plan = { devices, faults: {}, deadlines: { compileSeconds: 30, runSeconds: 30 }, finalists: { count: 0 } }
const templates = ['tile(t={1,2,3,4,6,8,12,16},d={2,4,8,16,32}) vectorize(d={2,4})?']

function searchIn(name: string, own: Pick<Plan, 'schedules'> & Partial<Plan>): Promise<Searched> {
  const path = join(folder.path, name)
  mkdirSync(path, { recursive: true })
  return search(path, { ...plan, ...own })
}

const launchesOn = (events: readonly Event[], name: string) =>
  events.flatMap(one => (one.what === 'launch' && one.device === name ? [one.id] : []))

it('shares candidates among devices, and goes on with the others when one is lost for good', async () => {
  const schedules = (await legalSchedules(templates)).slice(0, 36)
  expect(schedules).toHaveLength(36)
  const [{ end, outcomes, events, damaged, ranked }, alone] = await Promise.all([
    searchIn('one', { schedules, goneAfter: { third: 5 } }),
    searchIn('alone', { schedules, devices: ['first'] }),
  ])
  expect(end).toBe('done')
  // One store, in which each has one outcome, whoever had it first; nobody is blamed for the device.
  expect(damaged).toBe(0)
  expect(outcomes.map(({ id, class: own }) => `${id}: ${own}`).sort()).toEqual(
    schedules.map(id => `${id}: correct`).sort(),
  )
  expect(ranked).toHaveLength(36)
  // The times are those of simulated devices, which are equal.
  expect(ranked).toEqual(alone.ranked)
  const [first, second, third] = devices.map(name => launchesOn(events, name))
  // Each gets 12 before anybody has ended, and the two that are left share the rest.
  expect(first?.length).toBeGreaterThanOrEqual(12)
  expect(second?.length).toBeGreaterThanOrEqual(12)
  expect(third).toHaveLength(6)
  const gone = events.findIndex(({ what }) => what === 'gone')
  expect(launchesOn(events.slice(gone), 'third')).toEqual([])
  expect(launchesOn(events.slice(gone), 'first').length).toBeGreaterThan(0)
  expect(launchesOn(events.slice(gone), 'second').length).toBeGreaterThan(0)
}, 120_000)

it('ends when no device is left, and goes on from its store when they are back', async () => {
  const schedules = (await legalSchedules(templates)).slice(0, 14)
  const lost = await searchIn('all', { schedules, devices: ['first', 'second'], goneAfter: { first: 4, second: 3 } })
  expect(lost.end).toBe('device gone')
  expect(lost.outcomes.length).toBeLessThan(14)
  expect(lost.outcomes.filter(one => one.class !== 'correct')).toEqual([])
  const whole = await searchIn('all', { schedules, devices: ['another'] })
  expect(whole.end).toBe('done')
  expect(whole.outcomes.map(({ id, class: own }) => `${id}: ${own}`).sort()).toEqual(
    schedules.map(id => `${id}: correct`).sort(),
  )
}, 120_000)
