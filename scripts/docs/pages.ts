/** Every generated page, and every generated part of a page that people write. */
import { explainExample, passesExample } from './explain-example.ts'
import { groupValuesTable } from './group-values.ts'
import { kernelGuideParts, sweepGuideParts } from './guides.ts'
import { packagesTable } from './import-table.ts'
import { kernelsPage } from './kernels-page.ts'
import { operationsTable, typesTable } from './operations-table.ts'
import { performanceChart, performanceParts } from './performance-page.ts'
import { readmeParts } from './readme.ts'
import { refusalPage } from './refusal-page.ts'
import { scheduleGuideParts } from './schedule-guide.ts'
import { perChannelTable, quantizeTable } from './special-values.ts'
import { transformPages } from './transform-pages.ts'
import { workedExample } from './worked-example.ts'

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
  'docs/write-a-schedule.md': scheduleGuideParts(),
  'docs/tune-from-a-script.md': sweepGuideParts(),
  'docs/performance.md': performanceParts(),
  'docs/command-line.md': { explain: explainExample(), passes: passesExample() },
  'docs/architecture.md': { packages: packagesTable(), ...workedExample() },
})
