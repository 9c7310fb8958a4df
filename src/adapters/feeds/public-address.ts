// The guard of what the engine may connect to: a feed's address must not lead into the machine or the network around
// it. Judged where the name is resolved for the connection itself, so that a name cannot change its mind in between.
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { FeedUnavailable } from '../../ports/feed-source.ts';

const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const) {
  inside.addSubnet(network, bits, 'ipv6');
}

/** Whether an IP address is reachable over the public network only; IPv4 in IPv6 is judged as IPv4. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && !inside.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** For a host that is an address already, since no look-up happens for it. Throws FeedUnavailable. */
export function assertPublicHost(hostname: string): void {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 && !isPublicAddress(bare)) throw refused(hostname, bare);
}

/** A look-up for connections that fails when any address of the name is not public. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const bad = addresses.find((a) => !isPublicAddress(a.address));
    if (bad) return callback(refused(hostname, bad.address), '');
    if (options.all) return callback(null, addresses);
    const [first] = addresses;
    callback(first ? null : new Error(`${hostname} has no address`), first?.address ?? '', first?.family);
  });
};

function refused(hostname: string, address: string): FeedUnavailable {
  const where = hostname === address ? hostname : `${hostname} (${address})`;
  return new FeedUnavailable(
    `The feed's address ${where} is loopback, private or reserved; feeds are fetched from there only where that is allowed.`,
  );
}
