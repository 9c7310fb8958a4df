// What every script of this folder does around its work: sentences for what its user can mend, an exit code at the end.

/** A refusal that its user can mend; shown without a stack. */
export class SetupError extends Error {}

/** Runs `work`, whose result is the exit code (null: the work has seen to it). */
export async function command(work) {
  try {
    const code = await work();
    if (code !== null) process.exitCode = code;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`fairseat: ${error.message}`);
    process.exitCode = 1;
  }
}
