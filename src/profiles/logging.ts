// The log of the process: JSON lines for machines, coloured lines on a terminal. Never bodies, secrets or customers.
import { pino, stdTimeFunctions } from 'pino';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';

export async function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Promise<Logger> {
  const options = {
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: {
      paths: [
        'err.cause.parameters',
        'err.parameters',
        'err.query',
        'err.cause.query',
        'err.where',
        'err.detail',
        'err.cause.detail',
      ],
      remove: true,
    },
  };
  if (!process.stdout.isTTY) return pino(options, pino.destination({ dest: 1, sync: true }));
  const { default: pretty } = await import('pino-pretty');
  return pino(
    options,
    pretty({ colorize: true, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }),
  );
}
