/** No device matches the request. The message says what was requested, what was found and what to install. */
export class NoDeviceError extends Error {
  override readonly name = 'NoDeviceError'
}

/** The device's compiler rejected generated source. The message quotes the line. */
export class KernelCompileError extends Error {
  override readonly name = 'KernelCompileError'
  readonly source: string

  constructor(message: string, source: string) {
    super(message)
    this.source = source
  }
}

/** An array passed to a run has a wrong name, type, shape or number of values for the kernel. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
}

/** The device rejected an operation. The message says what was attempted, then quotes the device. */
export class DeviceOperationError extends Error {
  override readonly name = 'DeviceOperationError'
  readonly kind: 'validation' | 'internal'

  constructor(kind: 'validation' | 'internal', message: string) {
    super(message)
    this.kind = kind
  }
}

/** The device has too little memory for the request. */
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

/** A dispatch did not run: its clock did not advance or its outputs were never written. It gets no time and no result. */
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

/** A kernel left part of an output unwritten. */
export class UnwrittenOutputError extends Error {
  override readonly name = 'UnwrittenOutputError'
  /** The array's name. */
  readonly array: string

  constructor(array: string, message: string) {
    super(message)
    this.array = array
  }
}
