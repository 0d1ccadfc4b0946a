/** No device fits what was asked for. The message says what was looked for, what was found and what to install. */
export class NoDeviceError extends Error {
  override readonly name = 'NoDeviceError'
}

/** The device's compiler refused generated source. The message quotes the line. */
export class KernelCompileError extends Error {
  override readonly name = 'KernelCompileError'
  readonly source: string

  constructor(message: string, source: string) {
    super(message)
    this.source = source
  }
}

/** An array given to a run has another name, type, shape or number of values than the kernel takes. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
}

/** The device refused an operation: what was attempted, then its own words. */
export class DeviceOperationError extends Error {
  override readonly name = 'DeviceOperationError'
  readonly kind: 'validation' | 'internal'

  constructor(kind: 'validation' | 'internal', message: string) {
    super(message)
    this.kind = kind
  }
}

/** The device has too little memory for what was asked. */
export class DeviceMemoryError extends Error {
  override readonly name = 'DeviceMemoryError'
}

/** The device is gone (driver crash, reset, unplugged) or was closed; nothing more can run on it. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError'
  readonly reason: 'closed' | 'lost'

  constructor(reason: 'closed' | 'lost', message: string) {
    super(message)
    this.reason = reason
  }
}

/** A dispatch left no trace: its clock did not advance or its outputs were never written. It gets no time and no result. */
export class KernelDidNotRunError extends Error {
  override readonly name = 'KernelDidNotRunError'
}

/** A kernel wrote past the end of an array. */
export class OutOfBoundsWriteError extends Error {
  override readonly name = 'OutOfBoundsWriteError'
  /** The array's name. */
  readonly array: string

  constructor(array: string, message: string) {
    super(message)
    this.array = array
  }
}

/** A kernel left a part of an output as it was before the run. */
export class UnwrittenOutputError extends Error {
  override readonly name = 'UnwrittenOutputError'
  /** The array's name. */
  readonly array: string

  constructor(array: string, message: string) {
    super(message)
    this.array = array
  }
}
