// Loaded into an engine before everything else, by tests alone: its `Date` is off by what a file says, read again at each
// SIGUSR2. Timers stay as they are, as on a machine whose clock is set.
import { readFileSync } from 'node:fs';

const RealDate = Date;
let offsetMs = 0;

class ShiftedDate extends RealDate {
  constructor(...parts: [] | [number | string | Date]) {
    if (parts.length === 0) super(ShiftedDate.now());
    else super(...parts);
  }

  static override now(): number {
    return RealDate.now() + offsetMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
process.on('SIGUSR2', () => {
  offsetMs = Number(readFileSync(process.env['TEST_CLOCK_FILE']!, 'utf8'));
});
