// Headers that every answer carries, made once: an API answer is never framed, sniffed or run as a page. The pages of
// /docs get theirs from helmet.

export const NO_STORE = 'no-store';

export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
});
