// `npx fairseat …`: npx runs a shell, which runs this. A SIGTERM to npx ends the shell, and nobody tells us.
const LOOK_MS = 500;

/**
 * Under npx: when the shell in between has gone, this process is asked to stop as if the signal had come here. What was put
 * in the background keeps the shell that npx waits for, and so do `npx -c` and every other way to be started.
 */
export function stopWithNpx(env = process.env) {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = env;
  // The script of `npx -c` is its user's, and may end before what it starts.
  if (event !== 'npx' || !/^'?fairseat'?$/.test(script)) return;
  const shell = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  look.unref();
}
