// A vitest reporter that names every skipped test with its reason, so that none is skipped unseen.
export default class SkipReasons {
  onTestRunEnd(modules) {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const reason = test.result().note ?? (test.options.mode === 'todo' ? 'to do' : 'no reason given');
        console.log(`skipped: ${test.fullName}: ${reason}`);
      }
    }
  }
}
