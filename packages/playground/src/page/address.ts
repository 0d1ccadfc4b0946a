/** The state in the fragment of the page's address, so that reloading and the clipboard keep it. */
import { effect } from '@preact/signals'
import { decodeFragment, encodeFragment } from '../share/fragment.ts'
import { defaultState } from '../share/shared-state.ts'
import { type Model, restore } from './model.ts'

/** How long the state must stay the same before the address follows, in milliseconds: browsers limit how often it may change. */
const pause = 300

/** Restores the state of the address, if it has one. */
export async function openAddress(model: Model): Promise<void> {
  if (location.hash.length < 2) return
  const decoded = await decodeFragment(location.hash)
  if (decoded.kind === 'damaged') model.notice.value = decoded.message
  restore(model, decoded.kind === 'state' ? decoded.state : defaultState)
}

/** From now on the address follows the state. */
export function keepAddress(model: Model): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isFirst = true
  effect(() => {
    const state = model.state.value
    clearTimeout(timer)
    if (!isFirst) timer = setTimeout(() => void putIntoAddress(state), pause)
    isFirst = false
  })
}

async function putIntoAddress(state: Model['state']['value']): Promise<void> {
  history.replaceState(null, '', `#${await encodeFragment(state)}`)
}

/** Copies a link to what is shown. */
export async function share(model: Model): Promise<void> {
  await putIntoAddress(model.state.value)
  try {
    await navigator.clipboard.writeText(location.href)
    model.notice.value =
      'The link is copied. It holds the kernel, the schedule and the sizes, and nothing was sent anywhere.'
  } catch {
    model.notice.value = 'The link is in the address bar: this browser does not let the page copy it.'
  }
}
