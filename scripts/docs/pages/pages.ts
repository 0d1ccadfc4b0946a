/** Every generated page, and every generated part of a page that people write. */
import { explainExample, passesExample } from '../parts/explain-example.ts'
import { groupValuesTable } from '../parts/group-values.ts'
import { packagesTable } from '../parts/import-table.ts'
import { operationsTable, typesTable } from '../parts/operations-table.ts'
import { perChannelTable, quantizeTable } from '../parts/special-values.ts'
import { strategiesTable } from '../parts/strategies-table.ts'
import { workedExample } from '../parts/worked-example.ts'
import { builderGuideParts, kernelGuideParts, sweepGuideParts } from './guides.ts'
import { kernelsPage } from './kernels-page.ts'
import { performanceChart } from './performance-figures.ts'
import { performanceParts } from './performance-page.ts'
import { readmeParts } from './readme.ts'
import { refusalPage } from './refusal-page.ts'
import { scheduleGuideParts } from './schedule-guide.ts'
import { transformPages } from './transform-pages.ts'

/** Pages that are generated whole, by their path. */
export const pages = (): Record<string, string> => ({
  ...transformPages(),
  'docs/refusals.md': refusalPage(),
  'docs/kernels.md': kernelsPage(),
  'docs/performance.svg': performanceChart(),
})

/** Parts by name, by the path of the page that holds their places. */
export const writtenPages = (): Record<string, Record<string, string>> => ({
  'README.md': readmeParts(),
  'docs/language.md': {
    types: typesTable(),
    operations: operationsTable(),
    'per-channel': perChannelTable(),
    quantize: quantizeTable(),
    groups: groupValuesTable(),
  },
  'docs/write-a-kernel.md': kernelGuideParts(),
  'docs/kernels-in-programs.md': builderGuideParts(),
  'docs/write-a-schedule.md': scheduleGuideParts(),
  'docs/tune-from-a-script.md': sweepGuideParts(),
  'docs/tuning.md': { strategies: strategiesTable() },
  'docs/performance.md': performanceParts(),
  'docs/command-line.md': { explain: explainExample(), passes: passesExample() },
  'docs/architecture.md': { packages: packagesTable(), ...workedExample() },
})
