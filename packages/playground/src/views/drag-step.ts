import { type Model, moveStep } from '../page/model.ts'

/** Lets a step follow the pointer until it is released: it changes places with each step that it is dragged over. */
export function dragStep(model: Model, from: number, { currentTarget, pointerId }: PointerEvent): void {
  const list = currentTarget instanceof Element ? currentTarget.closest('ol') : null
  if (list === null) return
  let position = from
  const end = new AbortController()
  const follow = (event: PointerEvent): void => {
    if (event.pointerId !== pointerId) return
    const over = [...list.children].findIndex(item => {
      const { top, bottom } = item.getBoundingClientRect()
      return top <= event.clientY && event.clientY <= bottom
    })
    if (over < 0 || over === position) return
    moveStep(model, position, over)
    position = over
  }
  const options = { signal: end.signal }
  addEventListener('pointermove', follow, options)
  for (const type of ['pointerup', 'pointercancel'] as const) addEventListener(type, () => end.abort(), options)
}
