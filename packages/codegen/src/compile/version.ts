/** The version of the compiler, equal to that of this package. It is written into every generated file. */
export const compilerVersion = '0.1.0'
