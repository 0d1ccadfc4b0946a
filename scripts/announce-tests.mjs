/** What `npm test` prints before it begins. */
console.log('All tests: about 4 minutes on two cores. A part of them: npm test -- packages/dsl test/fuzz.test.ts')
