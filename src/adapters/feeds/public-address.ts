// The guard of what the engine may connect to: a feed's address must not lead into the machine or the network around
// it. Judged where the name is resolved for the connection itself, so that a name cannot change its mind in between.
import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { FeedUnavailable } from '../../ports/feed-source.ts';

/** Loopback, private, link-local, shared, documentation, benchmarks, multicast, and what carries IPv4 in other ways. */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  inside.addSubnet(network, bits, 'ipv6');
}
/** IPv6 that is routed at all, and IPv4 written as IPv6, which is judged as IPv4. */
const routed = new BlockList();
routed.addSubnet('2000::', 3, 'ipv6');
routed.addSubnet('::ffff:0:0', 96, 'ipv6');

/** Whether an IP address is reachable over the public network only; IPv4 in IPv6 is judged as IPv4. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  switch (isIP(bare)) {
    case 4:
      return !inside.check(bare, 'ipv4');
    case 6:
      return routed.check(bare, 'ipv6') && !inside.check(bare, 'ipv6');
    default:
      return false;
  }
}

/** How names become addresses: all of them, for one connection. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What stands before every connection. */
export interface AddressGuard {
  /** For a host that is an address already, since no look-up happens for it. Throws FeedUnavailable. */
  assertHost(hostname: string): void;
  /** A look-up for connections that fails when any address of the name may not be connected to. */
  readonly lookup: LookupFunction;
}

/** By default only public addresses, resolved as the system does. */
export function addressGuard(mayConnect = isPublicAddress, resolve: Resolve = lookup): AddressGuard {
  return {
    assertHost(hostname) {
      const bare = hostname.replace(/^\[|\]$/g, '');
      if (isIP(bare) !== 0 && !mayConnect(bare)) throw refused(hostname, bare);
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '');
        const bad = addresses.find(({ address }) => !mayConnect(address));
        if (bad) return callback(refused(hostname, bad.address), '');
        if (options.all) return callback(null, addresses);
        const [first] = addresses;
        callback(first ? null : new Error(`${hostname} has no address`), first?.address ?? '', first?.family);
      });
    },
  };
}

function refused(hostname: string, address: string): FeedUnavailable {
  const where = hostname === address ? hostname : `${hostname} (${address})`;
  return new FeedUnavailable(
    `The feed's address ${where} is loopback, private or reserved; feeds are fetched from there only with FEEDS_ALLOW_PRIVATE=on, or --allow-private of "fairseat import".`,
  );
}
