// The import rule of the house: who may know whom. The picture of ARCHITECTURE.md, the folders and this are one thing.

/** A folder of src may import these folders of src (and itself) only. */
const MAY_IMPORT = {
  domain: [],
  ports: ['domain'],
  commands: ['domain', 'ports'],
  projections: ['domain', 'ports'],
  live: ['domain', 'ports'],
  queries: ['domain', 'ports'],
  workers: ['domain', 'ports', 'commands', 'queries', 'projections', 'live'],
  adapters: ['domain', 'ports'],
  api: ['domain', 'ports', 'commands', 'queries', 'projections', 'live'],
  demo: ['domain', 'ports', 'commands'],
  cli: ['domain', 'ports', 'commands', 'projections', 'demo', 'api', 'profiles'],
};

const folderRules = Object.entries(MAY_IMPORT).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${['itself', ...others].join(', ')} of src`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...others].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'domain-is-pure',
      comment: 'src/domain uses zod and nothing else: no library, no Node module, no I/O',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^(src/domain/|node_modules/zod/)' },
    },
    {
      name: 'only-profiles-choose-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(profiles|adapters)/' },
      to: { path: '^src/adapters/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-test-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
