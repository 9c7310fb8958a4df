// A vitest reporter that names every skipped test with its reason, so that none is skipped unseen.
export default class SkipReasons {
  onTestRunEnd(modules) {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const said = test.result().note ?? reasonOf(test);
        const reason = said ?? (test.options.mode === 'todo' ? 'to do' : 'no reason given');
        console.log(`skipped: ${test.fullName}: ${reason}`);
      }
    }
  }
}

/** That of the test, or of a suite around it. */
function reasonOf(task) {
  return task.meta?.().reason ?? (task.parent ? reasonOf(task.parent) : undefined);
}
