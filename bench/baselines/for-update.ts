// The booking table for people who choose their seats: a transaction locks the rows of those seats with SELECT … FOR
// UPDATE, in one order so that none waits for another in a circle, marks them, records the hold and commits.
import { serveTable } from './booking-table.ts';

await serveTable({
  choose: `SELECT seat FROM seats WHERE round = $1 AND seat = ANY ($2) AND hold_id IS NULL ORDER BY seat FOR UPDATE`,
});
