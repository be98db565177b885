// The import arrows between the folders of src. Everything not listed in a layer's
// `project` is out of bounds for it; `packages: 'none'` also bars npm packages and
// Node's own modules, a list of names bars all but those.
const layers = [
  { name: 'model', project: [], packages: 'none' },
  { name: 'invariants', project: ['model'], packages: 'none' },
  { name: 'checker', project: ['model', 'invariants'], packages: 'none' },
  { name: 'api', project: ['model', 'invariants', 'checker'], packages: 'none' },
  { name: 'commands', project: [], packages: 'none' },
  { name: 'input', project: ['model'], packages: 'any' },
  { name: 'patches', project: ['input', 'model'], packages: 'any' },
  {
    name: 'specs',
    project: ['input', 'model', 'patches', 'invariants', 'checker'],
    packages: 'any',
  },
  { name: 'trace', project: ['input', 'model'], packages: 'any' },
  { name: 'conformance', project: ['input', 'model', 'checker', 'trace'], packages: 'any' },
  { name: 'kernels', project: ['input', 'model', 'patches', 'conformance'], packages: 'any' },
  {
    name: 'verify',
    project: ['input', 'model', 'patches', 'invariants', 'checker', 'specs'],
    packages: 'any',
  },
  {
    name: 'runs',
    project: ['model', 'invariants', 'checker', 'input', 'patches', 'specs', 'verify'],
    packages: 'any',
  },
  { name: 'queue', project: ['input', 'verify'], packages: 'any' },
  {
    name: 'report',
    project: ['model', 'invariants', 'checker', 'input', 'specs', 'verify', 'conformance', 'trace'],
    packages: 'any',
  },
  {
    name: 'html',
    project: [
      'model',
      'invariants',
      'checker',
      'input',
      'patches',
      'trace',
      'conformance',
      'report',
    ],
    packages: 'any',
  },
  {
    name: 'docs',
    project: ['commands', 'model', 'invariants', 'checker', 'input', 'specs', 'report'],
    packages: 'any',
  },
  {
    name: 'explore',
    project: ['model', 'checker', 'input', 'trace', 'conformance', 'report'],
    packages: 'none',
  },
  // What runs in a browser; what it imports is bundled into the page.
  { name: 'page', project: ['model', 'checker', 'report', 'html'], packages: ['preact'] },
];

const folders = (names) => `^src/(${names.join('|')})/`;

const layerRules = layers.flatMap(({ name, project, packages }) => {
  const from = { path: folders([name]) };
  const rules = [
    {
      name: `${name}-project-imports`,
      comment: `src/${name} may import only ${[name, ...project].join(', ')} of the project.`,
      severity: 'error',
      from,
      to: {
        path: '^(src|test|bench)/',
        pathNot: folders([name, ...project]),
      },
    },
  ];
  if (packages !== 'any') {
    const allowed = packages === 'none' ? [] : packages;
    rules.push({
      name: `${name}-outside-imports`,
      comment: `src/${name} may import from outside the project: ${allowed.join(', ') || 'nothing'}.`,
      severity: 'error',
      from,
      to: {
        pathNot: ['^(src|test|bench)/', ...allowed.map((pkg) => `(^|/)node_modules/${pkg}/`)],
      },
    });
  }
  return rules;
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'cli-is-the-top',
      comment: 'Nothing imports src/cli but src/cli itself.',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'api-is-for-others',
      comment: 'Nothing here imports src/api, which is what other programs import.',
      severity: 'error',
      from: { pathNot: '^src/api/' },
      to: { path: '^src/api/' },
    },
    {
      name: 'src-not-to-test',
      comment: 'Shipped code does not import tests or benchmarks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'src-not-to-dev-dependency',
      comment:
        'Shipped code uses only what package.json lists under "dependencies"; the page has all in it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/page/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '(^|/)node_modules/@types/',
      },
    },
    {
      name: 'no-circular',
      comment: 'No import cycles, not even of types alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that cannot be resolved escapes the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(dist|coverage)/' },
    // Sees imports that the compiler erases, so that type-only arrows count too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default', 'require'],
    },
  },
};
