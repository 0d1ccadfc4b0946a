/** A file to write: undefined where it is `-`, standard output. */
export const fileOption = (given: string | undefined): string | undefined => (given === '-' ? undefined : given)
