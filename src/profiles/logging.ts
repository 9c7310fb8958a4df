// The log of the process: JSON lines for machines, coloured lines on a terminal. Never bodies, secrets or customers.
import { pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Fault } from '../ports/fault.ts';

/** Characters of log that wait for a disk with room; what comes beyond them is lost. */
const BACKLOG_MAX = 1_000_000;

export async function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Promise<Logger> {
  const options = {
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: withoutNeedlessStack },
    redact: {
      paths: [
        'err.cause.parameters',
        'err.parameters',
        'err.query',
        'err.cause.query',
        'err.where',
        // Of OpenSearch's client: the whole request and answer.
        'err.meta',
        'err.detail',
        'err.cause.detail',
      ],
      remove: true,
    },
  };
  if (!process.stdout.isTTY) return pino(options, patientOutput());
  const { default: pretty } = await import('pino-pretty');
  return pino(
    options,
    pretty({ colorize: true, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }),
  );
}

/** A file on a full disk takes no log for a while: that must not end who sells. */
function patientOutput(): ReturnType<typeof pino.destination> {
  const output = pino.destination({ dest: 1, sync: true, maxLength: BACKLOG_MAX });
  output.on('error', () => {});
  return output;
}

/** A Fault is what went wrong outside: where in the program it was met helps nobody. */
const withoutNeedlessStack = (error: Error): unknown =>
  error instanceof Fault
    ? { type: error.name, code: error.code, message: error.message }
    : stdSerializers.err(error);
