import type { BackEnd, TargetName } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'

export const backEnds: Readonly<Record<TargetName, BackEnd>> = { wgsl, cuda }
