/** 1 / x, and 0 where x is 0. Several formats multiply by it where others divide, which gives different results. */
export const reciprocalOrZero = (x: number) => (x === 0 ? 0 : 1 / x)
