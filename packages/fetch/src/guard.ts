/** Whether a URL may be fetched, and which addresses it leads to. What is connected to is what was checked here. */
import { lookup } from "node:dns/promises";
import { type BlockList, isIP } from "node:net";
import { InvalidRequestError } from "@polycall/core";
import { mayConnect, ranges } from "./addresses.ts";
import { FetchRefusal, type RefusalClass } from "./refusal.ts";

export interface GuardOptions {
  /** Only these hosts: "example.com", or "*.example.com" for what is under it. Default: any public one. */
  allow?: readonly string[];
  /** Never these hosts, whatever `allow` says. */
  deny?: readonly string[];
  /** Default 80 and 443. */
  ports?: readonly number[];
  /**
   * Addresses that are not public and may be connected to all the same, as "127.0.0.1" or "10.0.0.0/8".
   * Default none. For tests against a server of one's own: `["127.0.0.1", "::1"]`, and its port in `ports`.
   */
  privateAddresses?: readonly string[];
  /** Finds a host's addresses. Default: as the system does. They are checked, and connected to as they are. */
  resolve?: (hostname: string) => Promise<readonly string[]>;
  /** What is thrown for what may not be fetched. Default: FetchRefusal */
  refusal?: RefusalClass;
}

export interface Guard {
  /**
   * @returns the addresses to connect to
   * @throws FetchRefusal for a URL that may not be fetched, or whose host there is not
   */
  check(url: URL): Promise<readonly string[]>;
}

/** @throws InvalidRequestError for a list that says nothing */
export function guard({
  allow,
  deny = [],
  ports = [80, 443],
  privateAddresses = [],
  refusal: Refusal = FetchRefusal,
  resolve = (hostname) => systemResolve(hostname, Refusal),
}: GuardOptions): Guard {
  const allowed = allow?.map((pattern) => hostPattern(pattern));
  const denied = deny.map((pattern) => hostPattern(pattern));
  const reachable = ranges(privateAddresses);
  return {
    async check(url) {
      if (url.protocol !== "http:" && url.protocol !== "https:")
        throw new Refusal(`Only http and https are fetched, not ${url.protocol}`);
      if (url.username || url.password)
        throw new Refusal("A URL with a user name or password in it is not fetched.");
      const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
      if (!ports.includes(port))
        throw new Refusal(`Port ${port} is not allowed; ${ports.join(", ")} are.`);
      // URL has made one spelling of all: lower case, punycode, dotted IPv4 of 0x7f.1 and 2130706433.
      const host = bareHost(url.hostname);
      if (denied.some((fits) => fits(host)) || (allowed && !allowed.some((fits) => fits(host))))
        throw new Refusal(`The host ${host} is not allowed.`);
      return addressesOf(host, reachable, resolve, Refusal);
    },
  };
}

async function addressesOf(
  host: string,
  reachable: BlockList,
  resolve: NonNullable<GuardOptions["resolve"]>,
  Refusal: RefusalClass,
): Promise<readonly string[]> {
  // Nobody asks a resolver about a literal address, so it is looked at here.
  const addresses = isIP(host) ? [host] : await resolve(host);
  if (addresses.length === 0) throw new Refusal(`The host ${host} has no address.`);
  // One bad address among good ones is a trick, not a choice.
  if (!addresses.every((address) => mayConnect(address, reachable)))
    throw new Refusal(`The host ${host} is not on the public internet.`);
  return [...addresses];
}

async function systemResolve(hostname: string, Refusal: RefusalClass): Promise<string[]> {
  try {
    return (await lookup(hostname, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new Refusal(`There is no host ${hostname}.`, { cause });
  }
}

/** Without the brackets of IPv6 and without the dot at the end, which makes no other host. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.+$/, "");
}

function hostPattern(pattern: string): (host: string) => boolean {
  const under = pattern.startsWith("*.");
  const name = under ? pattern.slice(2) : pattern;
  const version = isIP(name);
  const url = `http://${version === 6 ? `[${name}]` : name}/`;
  // A pattern is a host alone; "https://example.com" or "example.com:80" would never match, silently.
  if ((!version && !/^[^/\\\s?#@*:[\]]+$/.test(name)) || !URL.canParse(url))
    throw new InvalidRequestError(
      `${JSON.stringify(pattern)} is no host. Write it as "example.com" or "*.example.com".`,
    );
  const wanted = bareHost(new URL(url).hostname);
  return under ? (host) => host.endsWith(`.${wanted}`) : (host) => host === wanted;
}
