/** How numbers are written for people. */

/** A duration with its unit, to 3 digits: `0.842 ms`, `31.5 µs`. */
export function durationText(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toPrecision(3)} s`
  return milliseconds >= 0.1 ? `${milliseconds.toPrecision(3)} ms` : `${(milliseconds * 1000).toPrecision(3)} µs`
}

/** A rough waiting time: `40 s`, `12 min`, `2 h 10 min`. */
export function waitText(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `262144/262144 = 100%`; less than all is never rounded up to it. */
export function agreementText({ equal, total }: { readonly equal: number; readonly total: number }): string {
  const share = total === 0 ? 100 : Math.floor((equal / total) * 10_000) / 100
  return `${equal}/${total} = ${share}%`
}

/** An error, to 4 digits: `0.01564`; 0 stays 0. */
export function errorText(value: number): string {
  return value === 0 ? '0' : value.toPrecision(4)
}

/** `1 candidate`, `12 candidates`. */
export const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`

/** `[2048, 128]` */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

/** The remark beside times measured on a software device. */
export const SOFTWARE_TIMES = 'a software adapter: its times mean nothing'

/** The text about elements that a quantizer loses. */
export const lostText = (count: number): string =>
  `${count} finite ${count === 1 ? 'element' : 'elements'} came back as NaN or infinity`
