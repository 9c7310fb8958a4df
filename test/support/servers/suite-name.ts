// A vitest set-up file: lets what starts servers know for which suite it does.
import { expect } from 'vitest';

process.env['FAIRSEAT_SUITE'] = expect.getState().testPath ?? '';
