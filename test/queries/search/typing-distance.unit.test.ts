import { expect, test } from 'vitest';
import { typingDistance } from '../../../src/queries/search/typing-distance.ts';

test.for<[string, string, number]>([
  ['beethoven', 'beethoven', 0],
  ['bethoven', 'beethoven', 1],
  ['beethovne', 'beethoven', 1],
  ['philharmonik', 'philharmonic', 1],
  ['madird', 'madrid', 1],
  ['amdrid', 'madrid', 1],
  ['jaz', 'jazz', 1],
  ['rock', 'jazz', 3],
  ['', 'ab', 2],
  ['xylophone', 'a', 3],
])('%s is %s with %i slips (3: more than two)', ([a, b, slips]) => {
  expect(typingDistance(a, b, 2)).toBe(slips);
  expect(typingDistance(b, a, 2)).toBe(slips);
});
