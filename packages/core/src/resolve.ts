/** From a model string to an adapter, a key and a URL. The only file that reads the environment. */
import type { CallInternals, ConnectionOptions } from "./call.ts";
import { InvalidRequestError, MissingKeyError, UnknownProviderError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { Connection, Provider, ProviderInfo } from "./provider.ts";
import { unlessOver } from "./unless-over.ts";

/** What a client knows of a provider: how to reach it, and the settings that some of them have. */
export interface ProviderOptions extends ConnectionOptions {
  /** Azure's and Vertex's version of the API. */
  apiVersion?: string;
  /** Azure: the model behind a deployment of another name, e.g. "gpt-5-mini". */
  baseModel?: string;
  /** Vertex. */
  location?: string;
  /** OpenAI. */
  organization?: string;
  /** OpenAI and Vertex. */
  project?: string;
}

export type ProviderLoader = () => Promise<Provider>;

export interface Resolved {
  readonly provider: Provider;
  readonly connection: Connection;
  /** The model without the provider's prefix. */
  readonly model: string;
}

/** One variable of the environment, where there is one and it may be read (Deno asks for leave). */
export function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return process?.env?.[name] || undefined;
  } catch {
    return undefined;
  }
}

function firstSet(names: readonly string[] | undefined): string | undefined {
  return names?.map(environment).find(Boolean);
}

/** The adapters of one client and how it reaches them. */
export class Registry {
  readonly #providers = new Map<string, Provider | ProviderLoader>();
  readonly #options: Readonly<Record<string, ProviderOptions | undefined>>;
  /** SDK clients hang on these objects: equal connections must be the same object. */
  readonly #connections = new Map<string, Connection>();

  constructor(
    providers: Iterable<readonly [string, Provider | ProviderLoader]>,
    options: Readonly<Record<string, ProviderOptions | undefined>>,
  ) {
    for (const [name, provider] of providers) this.#providers.set(name, provider);
    for (const name of Object.keys(options)) {
      if (!this.#providers.has(name)) throw this.#unknown(name, `providers.${name}`);
    }
    this.#options = options;
  }

  get names(): string[] {
    return [...this.#providers.keys()];
  }

  register(name: string, provider: Provider | ProviderLoader): void {
    this.#providers.set(name, provider);
  }

  /**
   * Splits at the first "/", loads the adapter, gathers key, URL and headers.
   * @throws UnknownProviderError, InvalidRequestError
   */
  async resolve(
    model: string,
    call: Pick<CallInternals, "connection" | "target" | "signal" | "deadline">,
  ): Promise<Resolved> {
    const [name, rest] = this.split(model);
    let provider = this.#providers.get(name)!;
    if (typeof provider === "function") provider = await this.adapter(name);
    const { connection: first, target } = call;
    const own = target?.model === model ? target : first.provider === name ? first : undefined;
    const connection = await this.#connect(name, rest, provider.info, own, call);
    return { provider, connection, model: rest };
  }

  /** A provider that is known, loaded. */
  async adapter(name: string): Promise<Provider> {
    const known = this.#providers.get(name)!;
    if (typeof known !== "function") return known;
    const loaded = await known();
    this.#providers.set(name, loaded);
    return loaded;
  }

  /**
   * A model string as provider and model.
   * @throws UnknownProviderError naming the known ones and the nearest; InvalidRequestError
   */
  split(model: string): [provider: string, model: string] {
    const slash = model.indexOf("/");
    const name = slash < 0 ? model : model.slice(0, slash);
    const rest = slash < 0 ? "" : model.slice(slash + 1);
    if (slash < 0 || !this.#providers.has(name)) throw this.#unknown(name, model, slash < 0);
    if (!rest.trim()) {
      throw new InvalidRequestError(`"${model}" names no model. Write "${name}/MODEL".`, {
        provider: name,
        param: "model",
      });
    }
    return [name, rest];
  }

  async #connect(
    name: string,
    model: string,
    info: ProviderInfo,
    own: ConnectionOptions | undefined,
    call: Pick<CallInternals, "signal" | "deadline">,
  ): Promise<Connection> {
    const { apiKey, baseURL, headers, ...others } = this.#options[name] ?? {};
    const given = own?.apiKey ?? apiKey;
    const who = { provider: name, model };
    const key = typeof given === "function" ? await unlessOver(given(), call, who) : given;
    if (key !== undefined && typeof key !== "string") {
      throw new InvalidRequestError(
        `${name}: the function apiKey gave ${typeof key}, not a text.`,
        { ...who, param: "apiKey" },
      );
    }
    const url = own?.baseURL ?? baseURL ?? firstSet(info.baseURLEnv) ?? info.baseURL ?? "";
    const base = (info.normalizeBaseURL?.(url) ?? url).replace(/\/+$/, "");
    const all: Record<string, unknown> = others;
    for (const setting in info.settingsEnv) all[setting] ??= firstSet(info.settingsEnv[setting]);
    const settings: Record<string, string> = {};
    for (const setting in all) {
      if (all[setting] !== undefined) settings[setting] = String(all[setting]);
    }
    const connection: Connection = {
      provider: name,
      // A key read from a file ends with a line break, which no header holds.
      apiKey: (key ?? firstSet(info.apiKeyEnv))?.trim(),
      baseURL: base,
      headers: headers || own?.headers ? lowerCased({ ...headers, ...own?.headers }) : {},
      settings,
    };
    const identity = JSON.stringify(connection);
    const known = this.#connections.get(identity);
    if (known) return known;
    if (base) checkURL(name, base);
    checkHeaders(connection);
    if (this.#connections.size >= 100) this.#connections.clear();
    this.#connections.set(identity, connection);
    return connection;
  }

  #unknown(name: string, given: string, bare = false): UnknownProviderError {
    const near = nearest(name, this.#providers.keys());
    const known = `Known providers: ${this.names.sort().join(", ")}.`;
    const wrong = bare
      ? `"${given}" names no provider: a model string is "provider/model".`
      : `"${given}": there is no provider "${name}".`;
    const hint = near ? ` Did you mean "${near}"?` : "";
    return new UnknownProviderError(`${wrong}${hint} ${known}`, { model: given, param: "model" });
  }
}

/**
 * Refuses to send without what the provider needs to be reached.
 * @throws MissingKeyError naming the variable and where to get a key
 */
export function requireReachable({ provider, connection, model }: Resolved): void {
  const { info } = provider;
  const where = { provider: connection.provider, model };
  if (!connection.baseURL && info.requiresBaseURL) {
    const names = info.baseURLEnv?.length ? ` or set ${info.baseURLEnv[0]}` : "";
    throw new InvalidRequestError(
      `${connection.provider}/${model}: no baseURL. Pass baseURL${names}.`,
      { ...where, param: "baseURL" },
    );
  }
  if (connection.apiKey || info.keyOptional) return;
  const [variable, ...others] = info.apiKeyEnv ?? [];
  const set = variable
    ? `Set ${variable}${others.length ? ` (or ${others.join(", ")})` : ""}, or pass`
    : "Pass";
  const get = info.keyURL ? ` Get a key at ${info.keyURL}.` : "";
  throw new MissingKeyError(
    `${connection.provider}/${model}: no API key for ${info.label}. ${set} apiKey.${get}`,
    { ...where, param: "apiKey" },
  );
}

/** The address of a server, to which paths are added. The URL is not shown: it may hold a key. */
function checkURL(provider: string, url: string): void {
  const must = !/^https?:/i.test(url) || !URL.canParse(url) ? "be an http(s) URL" : undefined;
  const what = /[?#]/.test(url) ? "query" : /\/\/[^/]*@/.test(url) ? "password" : undefined;
  const mustNot = what && `hold no ${what} (put a header into \`headers\`)`;
  if (must ?? mustNot) {
    throw new InvalidRequestError(`${provider}: baseURL must ${must ?? mustNot}.`, {
      provider,
      param: "baseURL",
    });
  }
}

/** No request could be made of them, and the transport would take that for a connection's failure. */
function checkHeaders({ provider, headers, apiKey = "" }: Connection): void {
  for (const [param, value] of Object.entries({ ...headers, apiKey })) {
    try {
      new Headers([[param, value]]);
    } catch {
      throw new InvalidRequestError(
        `${provider}: ${JSON.stringify(param)} holds a character that no HTTP header can (a line break, a curly quote).`,
        { provider, param },
      );
    }
  }
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  const given = Object.entries(headers).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value]));
}
