// The booking table that everybody writes first: one row a seat; a transaction takes the next free ones with SELECT … FOR
// UPDATE SKIP LOCKED, marks them, records the hold and commits.
import { serveTable } from './booking-table.ts';

await serveTable({
  index: `CREATE INDEX IF NOT EXISTS free_seats ON seats (round, n) WHERE hold_id IS NULL`,
  choose: `SELECT seat FROM seats WHERE round = $1 AND hold_id IS NULL ORDER BY n LIMIT cardinality($2::text[]) FOR UPDATE SKIP LOCKED`,
});
