/** Which addresses are on the public internet: what a guarded fetch may connect to. Pure. */
import { BlockList, isIP } from "node:net";
import { InvalidRequestError } from "@polycall/core";

/**
 * IPv4 that is not public: IANA's special-purpose registry, and the ranges for many receivers.
 * Source: iana.org/assignments/iana-ipv4-special-registry, read 2026-11-26.
 */
const special4 = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8",
  "100.64.0.0/10", // carriers' own; some clouds keep their metadata there (100.100.100.200)
  "127.0.0.0/8",
  "169.254.0.0/16", // link-local: 169.254.169.254 is the metadata of most clouds
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and 255.255.255.255
];

/**
 * Within 2000::/3, the only part of IPv6 that is handed out, what is not public. All else of IPv6 is refused
 * unheard. Tunnels (Teredo, 6to4) hide an IPv4 address that nobody checks.
 * Source: iana.org/assignments/iana-ipv6-special-registry, read 2026-11-26.
 */
const special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"];

const public6 = ranges(["2000::/3"]);
const notPublic = ranges([...special4, ...special6]);

/** Address ranges in CIDR notation, or single addresses. */
export function ranges(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = "", bits, more] = cidr.split("/");
    const version = isIP(address);
    const length = bits === undefined ? (version === 4 ? 32 : 128) : Number(bits);
    if (!version || more !== undefined || bits?.trim() === "" || !(length >= 0))
      throw new InvalidRequestError(
        `${JSON.stringify(cidr)} is no range of addresses. Write it as "10.0.0.0/8", "fd00::/8" or one address.`,
      );
    try {
      list.addSubnet(address, length, version === 4 ? "ipv4" : "ipv6");
    } catch (cause) {
      throw new InvalidRequestError(`${JSON.stringify(cidr)} is no range of addresses.`, { cause });
    }
  }
  return list;
}

/**
 * Whether an address may be connected to: it is public, or in `allowed`. An IPv4 address inside an IPv6
 * one (mapped, or behind NAT64) counts as that IPv4 address.
 * @param address as a resolver writes it; anything else is refused
 */
export function mayConnect(address: string, allowed: BlockList): boolean {
  const version = isIP(address);
  // A zone ("fe80::1%eth0") is only for addresses that are not public.
  if (!version || address.includes("%")) return false;
  if (version === 4) return allowed.check(address) || !notPublic.check(address);
  const inner = embedded4(address);
  if (inner) return mayConnect(inner, allowed);
  if (allowed.check(address, "ipv6")) return true;
  return public6.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

const mapped = ranges(["::ffff:0:0/96"]);
const nat64 = ranges(["64:ff9b::/96"]);

/** The IPv4 address in a mapped or NAT64 one. */
function embedded4(address: string): string | undefined {
  if (!mapped.check(address, "ipv6") && !nat64.check(address, "ipv6")) return undefined;
  // URL writes the last 32 bits as two groups of hex digits, whatever spelling they came in.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":");
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16));
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join(".");
}
