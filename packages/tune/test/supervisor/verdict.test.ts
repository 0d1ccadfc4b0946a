import { describe, expect, it } from 'vitest'
import { type Active, type Cause, type Suspicion, unsuspected, verdictOn } from '../../src/supervisor/verdict.ts'

const one: Active = { id: 'one', stage: 'run' }
const other: Active = { id: 'other', stage: 'load' }
const ended = (signal: NodeJS.Signals | null, code: number | null = null): Cause => ({
  kind: 'ended',
  ending: { code, signal, lastWords: '' },
})
const lost: Cause = { kind: 'lost', message: 'gone' }
const deadline: Cause = { kind: 'deadline', late: ['one'], seconds: 3 }

/** Goes on until there is a class: how many ends that took, each with one candidate alone or with another. */
function endsUntilBlamed(cause: Cause, isAlone: (end: number) => boolean, active: Active = one) {
  let known: Suspicion = unsuspected
  for (let end = 1; end <= 10; end++) {
    const alone = isAlone(end)
    const verdict = verdictOn(active, cause, alone, alone ? [active] : [active, other], known)
    if (verdict.class !== undefined) return [end, verdict.class]
    known = verdict.suspicion
  }
  return 'never'
}
const always = () => true
const never = () => false
const afterwards = (end: number) => end > 1

describe('a candidate that is there when a worker ends', () => {
  it.each([
    ['a crash, alone', ended('SIGSEGV'), always, [2, 'crashed']],
    ['a crash, with others and then alone', ended('SIGABRT'), afterwards, [2, 'crashed']],
    ['a crash, always with others', ended('SIGSEGV'), never, 'never'],
    ['an exit of its own', ended(null, 3), afterwards, [2, 'crashed']],
    ['SIGKILL from outside, once and with others', ended('SIGKILL'), never, 'never'],
    ['SIGKILL whenever it is alone', ended('SIGKILL'), always, [3, 'crashed']],
    ['SIGHUP whenever it is alone', ended('SIGHUP'), always, [3, 'crashed']],
    ['a lost device, alone', lost, always, [2, 'device lost']],
    ['a lost device, with others', lost, never, 'never'],
    ['a deadline, alone', deadline, always, [1, 'timeout']],
    ['a deadline, with others and then alone', deadline, afterwards, [2, 'timeout']],
  ])('is blamed on evidence only: %s', (_, cause, isAlone, expected) => {
    expect(endsUntilBlamed(cause, isAlone)).toEqual(expected)
  })

  it('is blamed at once if nothing else could have run meanwhile', () => {
    expect(endsUntilBlamed(deadline, never, { id: 'one', stage: 'lower' })).toEqual([1, 'timeout'])
    expect(verdictOn(one, deadline, false, [one], unsuspected)).toEqual({
      class: 'timeout',
      problem: 'still running after 3.0 s',
    })
  })
})
