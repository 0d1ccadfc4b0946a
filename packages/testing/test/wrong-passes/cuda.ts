/** Wrong passes of the CUDA back end. */
import { type DeviceExpr, type DeviceStatement, mapExpressions, mapOperands, namesRead } from '@qernel/codegen/internal'
import { codeSums, elementwise, perChannel, rowMaximum } from './kernels.ts'
import { declares, eachBody, eachExpression, isOperation, literalLike, type WrongPass, without } from './wrong-pass.ts'

const lanes = rowMaximum(x => x.abs())
const inLanes = 'splitReduction(d=4,combine=shared) bind(t=grid.x,d_in=block.x)'
const vectors = 'tile(t=4,d=16,stage=q) vectorize(d=4,stage=q)'
const productAndSum = elementwise((x, y) => x.mul(y).add(x))
const pipelined = 'tile(d=8,stage=scale) pipeline(loop=t,buffer=x,stage=scale) tile(t=4,d=8,stage=q)'

export const wrongCudaPasses: readonly WrongPass[] = [
  {
    what: 'a word of codes is stored one word too far',
    pass: 'store-codes-as-words',
    wrong: right => program =>
      eachBody(body =>
        body.map(s =>
          s.kind === 'store' && s.access.storage === 'u32'
            ? { ...s, index: { kind: 'op', op: 'add', type: s.index.type, args: [s.index, literalLike(s.index, 1)] } }
            : s,
        ),
      )(right(program)),
    kernel: perChannel,
    schedule: `${vectors} predicate(d=assume,stage=q)`,
    says: 'simulated for cuda',
  },
  {
    what: 'a condition is assumed to hold',
    pass: 'fold-constants',
    wrong: right => program => eachExpression(e => (isOperation(e, 'lt') ? literalLike(e, 1) : e))(right(program)),
    kernel: perChannel,
    schedule: vectors,
    says: 'lies outside',
  },
  {
    what: 'a sum of constants does not wrap',
    pass: 'fold-constants',
    wrong: right => program =>
      eachExpression(e => (e.kind === 'literal' && e.type.scalar === 'u32' ? { ...e, value: e.value + 2 ** 32 } : e))(
        right(program),
      ),
    kernel: perChannel,
    schedule: vectors,
    says: /after the pass fold-constants.* is not a valid u32/,
  },
  {
    what: 'negative codes count as positive ones',
    pass: 'floats-of-codes',
    wrong: right => program =>
      eachExpression(e =>
        isOperation(e, 'xor') ? { ...e, args: [e.args[0] as DeviceExpr, literalLike(e, 0x4b000000)] } : e,
      )(right(program)),
    kernel: codeSums,
    schedule: 'split(loop=d,by=8) vectorize(d=8) bind(d=grid.x)',
    says: 'simulated for cuda',
  },
  {
    what: 'every lane reads the first one',
    pass: 'scalarize',
    wrong: right => program => eachExpression(e => (e.kind === 'component' ? { ...e, lane: 0 } : e))(right(program)),
    kernel: perChannel,
    schedule: vectors,
    says: 'simulated for cuda',
  },
  {
    what: 'operations on vectors remain',
    pass: 'scalarize',
    wrong: () => program => program,
    kernel: perChannel,
    schedule: vectors,
    says: 'the operators of this target take scalars',
  },
  {
    what: 'products are not isolated',
    pass: 'isolate-products',
    wrong: () => program => program,
    kernel: productAndSum,
    schedule: 'bind(n=grid.x)',
    says: 'takes a product that is not isolated, and compilers of this target round the two once',
  },
  {
    what: 'a store is removed',
    pass: 'remove-dead-code',
    wrong: right => program => without((s, body, i) => s.kind === 'store' && body[i + 1] === undefined)(right(program)),
    kernel: perChannel,
    schedule: vectors,
    says: 'simulated for cuda',
  },
  {
    what: 'a barrier is removed',
    pass: 'remove-dead-code',
    wrong: right => program => without(s => s.kind === 'barrier')(right(program)),
    kernel: lanes,
    schedule: inLanes,
    says: 'no barrier separates them',
  },
  {
    what: 'names that are used later are removed',
    pass: 'remove-dead-code',
    wrong: right => program => without(s => s.kind === 'let')(right(program)),
    kernel: perChannel,
    schedule: vectors,
    says: /after the pass remove-dead-code.*: no variable \w+ is declared here/,
  },
  {
    what: 'a copy that is used again is removed',
    pass: 'inline-copies',
    wrong: right => program =>
      without((s, body, i) => s.kind === 'let' && body[i + 1] !== undefined && s.value.kind === 'op')(right(program)),
    kernel: lanes,
    schedule: inLanes,
    says: /after the pass inline-copies.*: no variable \w+ is declared here/,
  },
  {
    what: 'a value moves past a barrier to its use',
    pass: 'inline-copies',
    wrong: right => program =>
      eachBody(body => {
        const result = [...body]
        for (const s of body) {
          const uses = result.flatMap((later, i) => (s.kind === 'let' && namesRead([later]).has(s.name) ? [i] : []))
          const [use] = uses
          if (s.kind !== 'let' || use === undefined || uses.length > 1) continue
          const substituted = (e: DeviceExpr): DeviceExpr =>
            e.kind === 'variable' && e.name === s.name ? s.value : mapOperands(e, substituted)
          result.splice(use, 1, ...mapExpressions([result[use] as DeviceStatement], substituted))
          result.splice(result.indexOf(s), 1)
        }
        return result
      })(right(program)),
    kernel: lanes,
    schedule: `split(loop=t,by=2) ${inLanes}`,
    says: 'no barrier separates them',
  },
  {
    what: 'different conditions are merged',
    pass: 'merge-conditions',
    wrong: () =>
      eachBody(body => {
        const result: DeviceStatement[] = []
        for (const s of body) {
          const previous = result.at(-1)
          if (s.kind === 'if' && previous?.kind === 'if')
            result.splice(-1, 1, { ...previous, body: [...previous.body, ...s.body] })
          else result.push(s)
        }
        return result
      }),
    kernel: perChannel,
    schedule: vectors,
    says: 'lies outside',
  },
  {
    what: 'a declaration moves past a use',
    pass: 'declare-late',
    wrong: right => program =>
      eachBody(body => [...body.filter(s => !declares(s)), ...body.filter(declares)])(right(program)),
    kernel: perChannel,
    schedule: pipelined,
    says: /after the pass declare-late.*: no variable \w+ is declared here/,
  },
  {
    what: 'a declaration moves into a loop that the value outlives',
    pass: 'declare-late',
    wrong: () =>
      eachBody(body => {
        const moved = body.filter(declares)
        const loop = body.findIndex(s => s.kind === 'for')
        if (loop < 0) return body
        return body.flatMap((s, i): DeviceStatement[] => {
          if (i === loop && s.kind === 'for') return [{ ...s, body: [...moved, ...s.body] }]
          return declares(s) ? [] : [s]
        })
      }),
    kernel: perChannel,
    schedule: pipelined,
    says: /after the pass declare-late.*: no variable \w+ is declared here/,
  },
  {
    what: 'a first value is dropped',
    pass: 'initialize-variables',
    wrong: right => program =>
      eachBody(body =>
        body.map(s => (s.kind === 'var' && s.type.lanes === 1 ? { kind: s.kind, name: s.name, type: s.type } : s)),
      )(right(program)),
    kernel: perChannel,
    schedule: pipelined,
    says: 'but this thread has not given it a value',
  },
  {
    what: 'the value of one lane is assigned to the whole vector',
    pass: 'initialize-variables',
    wrong: right => program =>
      right(
        eachBody(body =>
          body.map(s => {
            if (s.kind !== 'assign' || s.lane === undefined) return s
            const { lane: _, ...whole } = s
            return whole
          }),
        )(program),
      ),
    kernel: perChannel,
    schedule: vectors,
    says: /after the pass initialize-variables.*: \w+ holds f32×\d, not f32/,
  },
]
