// kafkajs 2.2.4 computes pauses that may be below zero, of which Node 24 warns on stderr though nothing is wrong. Imported for
// its effect; by Node's own --disable-warning only who types the command could do the same.
const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;

process.emitWarning = (...args: unknown[]): void => {
  if (args[1] !== 'TimeoutNegativeWarning') emit(...args);
};
