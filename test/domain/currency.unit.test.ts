import { expect, it } from 'vitest';
import { isCurrency } from '../../src/domain/currency.ts';

it('takes the currencies of ISO 4217, those of demo and feeds among them', () => {
  const codes = 'EUR USD GBP JPY CHF KWD CLP SEK BRL INR XOF XCG ZWG'.split(' ');
  expect(codes.filter((code) => !isCurrency(code))).toEqual([]);
});

it('takes no other three letters, whatever their shape', () => {
  expect(['XXQ', 'EUO', 'ABC', 'eur', 'EU', 'EURO', '', ' EUR', 'constructor'].filter(isCurrency)).toEqual(
    [],
  );
});
