/** The needed part of the CUDA driver API, bound with koffi, and its error codes. */
import { platform } from 'node:process'
import { NoDeviceError } from '../errors.ts'
import { loadFirst } from './shared-library.ts'

/** A device pointer or an opaque handle. */
export type Handle = number | bigint

/** The location where a C function writes its result. */
type Out<Value> = [Value | null]

/** Results are `CUresult`. Sizes and device pointers are 64 bits wide; as numbers they are exact up to 2^53. */
export interface DriverFunctions {
  cuInit(flags: number): number
  cuDriverGetVersion(version: Out<number>): number
  cuDeviceGetCount(count: Out<number>): number
  cuDeviceGet(device: Out<number>, ordinal: number): number
  cuDeviceGetName(name: Uint8Array, length: number, device: number): number
  cuDeviceGetAttribute(value: Out<number>, attribute: number, device: number): number
  cuDeviceTotalMem_v2(bytes: Out<number>, device: number): number
  cuDevicePrimaryCtxRetain(context: Out<Handle>, device: number): number
  cuDevicePrimaryCtxRelease_v2(device: number): number
  cuCtxSetCurrent(context: Handle): number
  cuModuleLoadData(module: Out<Handle>, image: Uint8Array): number
  cuModuleUnload(module: Handle): number
  cuModuleGetFunction(fn: Out<Handle>, module: Handle, name: string): number
  cuMemGetInfo_v2(free: Out<number>, total: Out<number>): number
  cuMemAlloc_v2(pointer: Out<Handle>, bytes: number): number
  cuMemFree_v2(pointer: Handle): number
  cuMemcpyHtoD_v2(to: Handle, from: Uint8Array, bytes: number): number
  cuMemcpyDtoH_v2(to: Uint8Array, from: Handle, bytes: number): number
  cuMemsetD32_v2(to: Handle, word: number, count: number): number
  cuEventCreate(event: Out<Handle>, flags: number): number
  cuEventRecord(event: Handle, stream: Handle): number
  cuEventQuery(event: Handle): number
  cuEventElapsedTime(milliseconds: Out<number>, start: Handle, end: Handle): number
  cuEventDestroy_v2(event: Handle): number
  cuLaunchKernel(
    fn: Handle,
    gridX: number,
    gridY: number,
    gridZ: number,
    blockX: number,
    blockY: number,
    blockZ: number,
    sharedBytes: number,
    stream: Handle,
    /** Addresses of the arguments. */
    parameters: BigUint64Array,
    extra: null,
  ): number
  cuGetErrorName(result: number, text: Out<string>): number
  cuGetErrorString(result: number, text: Out<string>): number
}

const declarations: Readonly<Record<keyof DriverFunctions, string>> = {
  cuInit: 'int cuInit(unsigned int flags)',
  cuDriverGetVersion: 'int cuDriverGetVersion(_Out_ int *version)',
  cuDeviceGetCount: 'int cuDeviceGetCount(_Out_ int *count)',
  cuDeviceGet: 'int cuDeviceGet(_Out_ int *device, int ordinal)',
  cuDeviceGetName: 'int cuDeviceGetName(void *name, int length, int device)',
  cuDeviceGetAttribute: 'int cuDeviceGetAttribute(_Out_ int *value, int attribute, int device)',
  cuDeviceTotalMem_v2: 'int cuDeviceTotalMem_v2(_Out_ size_t *bytes, int device)',
  cuDevicePrimaryCtxRetain: 'int cuDevicePrimaryCtxRetain(_Out_ uintptr_t *context, int device)',
  cuDevicePrimaryCtxRelease_v2: 'int cuDevicePrimaryCtxRelease_v2(int device)',
  cuCtxSetCurrent: 'int cuCtxSetCurrent(uintptr_t context)',
  cuModuleLoadData: 'int cuModuleLoadData(_Out_ uintptr_t *module, const void *image)',
  cuModuleUnload: 'int cuModuleUnload(uintptr_t module)',
  cuModuleGetFunction: 'int cuModuleGetFunction(_Out_ uintptr_t *fn, uintptr_t module, const char *name)',
  cuMemGetInfo_v2: 'int cuMemGetInfo_v2(_Out_ size_t *free, _Out_ size_t *total)',
  cuMemAlloc_v2: 'int cuMemAlloc_v2(_Out_ uintptr_t *pointer, size_t bytes)',
  cuMemFree_v2: 'int cuMemFree_v2(uintptr_t pointer)',
  cuMemcpyHtoD_v2: 'int cuMemcpyHtoD_v2(uintptr_t to, const void *from, size_t bytes)',
  cuMemcpyDtoH_v2: 'int cuMemcpyDtoH_v2(void *to, uintptr_t from, size_t bytes)',
  cuMemsetD32_v2: 'int cuMemsetD32_v2(uintptr_t to, unsigned int word, size_t count)',
  cuEventCreate: 'int cuEventCreate(_Out_ uintptr_t *event, unsigned int flags)',
  cuEventRecord: 'int cuEventRecord(uintptr_t event, uintptr_t stream)',
  cuEventQuery: 'int cuEventQuery(uintptr_t event)',
  cuEventElapsedTime: 'int cuEventElapsedTime(_Out_ float *milliseconds, uintptr_t start, uintptr_t end)',
  cuEventDestroy_v2: 'int cuEventDestroy_v2(uintptr_t event)',
  cuLaunchKernel:
    'int cuLaunchKernel(uintptr_t fn, unsigned int gridX, unsigned int gridY, unsigned int gridZ, unsigned int blockX, ' +
    'unsigned int blockY, unsigned int blockZ, unsigned int sharedBytes, uintptr_t stream, void *parameters, void *extra)',
  cuGetErrorName: 'int cuGetErrorName(int result, _Out_ const char **text)',
  cuGetErrorString: 'int cuGetErrorString(int result, _Out_ const char **text)',
}

/** The CUresult values that our code distinguishes. */
export const results = { success: 0, outOfMemory: 2, noDevice: 100, notReady: 600 } as const

/** The result of a driver call that failed. */
export class CudaError extends Error {
  override readonly name = 'CudaError'
  readonly result: number

  constructor(result: number, message: string) {
    super(message)
    this.result = result
  }
}

export interface Driver {
  readonly functions: DriverFunctions
  /** The newest CUDA version that the driver supports: "13.0". */
  readonly versionText: string
  /** The driver's description of a result: "CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered". */
  describe(result: number): string
  /** @throws CudaError unless the result is success */
  check(result: number): void
  /** Calls a function that writes its result to its first argument, and returns that result. */
  get<Value>(call: (out: Out<Value>) => number): Value
}

let loaded: Promise<Driver> | undefined

/**
 * The driver of this machine, loaded once. `QERNEL_LIBCUDA` can name a different library from the system's.
 * @throws NoDeviceError if there is no driver or it has no GPU
 */
export function loadDriver(): Promise<Driver> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<Driver> {
  const named = process.env.QERNEL_LIBCUDA
  const usual = platform === 'win32' ? ['nvcuda.dll'] : ['libcuda.so.1', '/usr/lib/wsl/lib/libcuda.so.1']
  const library = await loadFirst(named ? [named] : usual)
  if (library === undefined) {
    const which = named ? `${named}, which QERNEL_LIBCUDA names, cannot be loaded` : `${usual[0]} was not found`
    throw new NoDeviceError(`No CUDA device: ${which}; install NVIDIA's driver`)
  }
  const functions = Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => [name, library.handle.func(declaration)]),
  ) as unknown as DriverFunctions
  const initialized = functions.cuInit(0)
  if (initialized !== results.success) {
    throw new NoDeviceError(`No CUDA device: ${library.path} answers ${describe(functions, initialized)}`)
  }
  const check = (result: number): void => {
    if (result !== results.success) throw new CudaError(result, describe(functions, result))
  }
  const get = <Value>(call: (out: Out<Value>) => number): Value => {
    const out: Out<Value> = [null]
    check(call(out))
    return out[0] as Value
  }
  // The number 12080 means 12.8.
  const version = get<number>(out => functions.cuDriverGetVersion(out))
  const versionText = `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`
  return { functions, versionText, check, get, describe: result => describe(functions, result) }
}

function describe(functions: DriverFunctions, result: number): string {
  const [name, text]: [Out<string>, Out<string>] = [[null], [null]]
  const known = functions.cuGetErrorName(result, name) === 0 && functions.cuGetErrorString(result, text) === 0
  return known ? `${name[0]}: ${text[0]}` : `CUDA error ${result}`
}
