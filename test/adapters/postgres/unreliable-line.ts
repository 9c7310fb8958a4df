// A line to Postgres that can swallow answers, go dead and come back: what a network does to a commit.
import { onTestFinished } from 'vitest';
import { TcpLine } from '../../support/tcp-line.ts';

export interface UnreliableLine {
  /** The same database, through the line. */
  readonly url: string;
  /** From now on statements still arrive, but no answer comes back. */
  loseAnswers(): void;
  /** Breaks every connection, and new ones too until it is mended. */
  cut(): void;
  mend(): void;
}

/** For one test: closed when it is over. */
export async function unreliableLine(databaseUrl: string): Promise<UnreliableLine> {
  const { hostname, port } = new URL(databaseUrl);
  const line = await TcpLine.open(Number(port || 5432), undefined, hostname);
  onTestFinished(() => line.close());
  return {
    url: line.through(databaseUrl),
    loseAnswers: () => line.lose('back'),
    cut: () => line.cut(),
    mend: () => line.mend(),
  };
}
