// Why a start stops before it serves: a sentence for whoever typed the command, not a stack for a programmer.

/** A start that cannot go on for a reason its operator can mend; `message` is shown as it is, without a stack. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
