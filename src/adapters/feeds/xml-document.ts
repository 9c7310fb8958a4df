// Reads the bytes of an XML feed into plain objects, after refusing what could hurt or mislead: declarations that
// define entities, other encodings, and documents that are too large, too deep or not well-formed.
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { InvalidFeed } from '../../ports/feed-source.ts';

export const FEED_BYTES_MAX = 32 * 1024 * 1024;
const DEPTH_MAX = 32;
const ELEMENTS_MAX = 500_000;
const ENTITY = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const STRAY_AMPERSAND = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An element: attributes under `@name`, child elements under their names. */
export type XmlElement = Readonly<Record<string, unknown>>;

/**
 * The root element's content under its name. `lists` names the elements that may repeat and are always arrays.
 * Throws InvalidFeed with one sentence.
 */
export function readXml(bytes: Uint8Array, lists: readonly string[]): XmlElement {
  const text = decoded(bytes);
  const open = guard(text);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseAttributeValue: false,
    parseTagValue: false,
    // Decoded below, once and numeric references included.
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && lists.includes(name),
  });
  try {
    const valid = XMLValidator.validate(text);
    if (valid !== true && valid.err.code === 'InvalidXml' && open > 0)
      throw new Error('it ends before all its elements are closed, as if cut off');
    if (valid !== true) throw new Error(`${withoutEnd(valid.err.msg)} (line ${valid.err.line})`);
    return parser.parse(text) as XmlElement;
  } catch (error) {
    throw new InvalidFeed(`The feed is not well-formed XML: ${withoutEnd((error as Error).message)}.`);
  }
}

/** The text that an attribute's raw value stands for; surrounding white space is dropped. */
export function decodeEntities(raw: string): string {
  if (!raw.includes('&')) return raw.trim();
  const text = raw.replaceAll(ENTITY, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name] ?? '';
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\uFFFD' : String.fromCodePoint(code);
  });
  return text.trim();
}

function decoded(bytes: Uint8Array): string {
  if (bytes.byteLength > FEED_BYTES_MAX) {
    throw new InvalidFeed(
      `The feed has ${bytes.byteLength} bytes; at most ${FEED_BYTES_MAX} (32 MiB) are read.`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidFeed('The feed is not valid UTF-8; send it as UTF-8.');
  }
  const encoding = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(text.slice(0, 200))?.[1];
  if (encoding !== undefined && !/^(utf-8|us-ascii|ascii)$/i.test(encoding)) {
    throw new InvalidFeed(
      `The feed says that its encoding is ${JSON.stringify(encoding)}; send it as UTF-8.`,
    );
  }
  if (text.includes('\0')) throw new InvalidFeed('The feed has NUL characters, so it is no XML in UTF-8.');
  if (!text.trimStart().startsWith('<'))
    throw new InvalidFeed('The feed is no XML: it does not begin with "<".');
  return text;
}

/** One pass over the tags, before any parser sees them. How many more elements are opened than closed. */
function guard(text: string): number {
  let depth = 0;
  let elements = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const end = endOfMarkup(text, at);
    if (end < 0) throw new InvalidFeed('The feed is not well-formed XML: it ends inside a tag or comment.');
    const kind = text[at + 1];
    if (kind === '/') depth--;
    else if (kind !== '!' && kind !== '?') {
      elements++;
      if (text[end - 2] !== '/') depth++;
      if (depth > DEPTH_MAX) throw new InvalidFeed(`The feed nests elements more than ${DEPTH_MAX} deep.`);
      if (elements > ELEMENTS_MAX) throw new InvalidFeed(`The feed has more than ${ELEMENTS_MAX} elements.`);
      const stray = STRAY_AMPERSAND.exec(text.slice(at, end));
      if (stray)
        throw new InvalidFeed(
          'The feed is not well-formed XML: write "&" as "&amp;", and no entities but those of XML itself.',
        );
    }
    at = end;
  }
  return depth;
}

/** Index after the markup that starts at `at`; −1 when it never ends. Quoted attribute values may hold ">". */
function endOfMarkup(text: string, at: number): number {
  const after = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found < 0 ? -1 : found + mark.length;
  };
  if (text.startsWith('<!--', at)) return after('-->', at + 4);
  if (text.startsWith('<![CDATA[', at)) return after(']]>', at + 9);
  if (text.startsWith('<?', at)) return after('?>', at + 2);
  if (text.startsWith('<!', at)) {
    throw new InvalidFeed('The feed has a DOCTYPE or ENTITY declaration; send it without one.');
  }
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i];
    if (c === '>') return i + 1;
    if (c === '"' || c === "'") {
      i = text.indexOf(c, i + 1);
      if (i < 0) return -1;
    }
  }
  return -1;
}

function withoutEnd(message: string): string {
  return message.replace(/\.$/, '');
}
