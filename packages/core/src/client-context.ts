/** The inside of a client: its adapters, its plugins, and how a call begins. Nothing is shared between two. */
import { transport } from "#transport";
import type { CallInternals, CallOptions } from "./call.ts";
import type { CapabilityBook, QuirkStore } from "./capabilities/book.ts";
import type { healed, isRefusal } from "./capabilities/heal.ts";
import type { CapabilityFacts, CapabilityLayer } from "./capabilities/layers.ts";
import { checkConnection, checkOptions } from "./check-options.ts";
import { InvalidRequestError } from "./errors.ts";
import {
  type CallLogger,
  isLogLevel,
  type Logger,
  type LogLevel,
  leveledLogger,
  logLevels,
  OnceLogger,
} from "./logger.ts";
import { optionNames } from "./params.ts";
import type { Plugin } from "./plugin.ts";
import { fallback } from "./plugins/fallback.ts";
import { heal } from "./plugins/heal.ts";
import { reask } from "./plugins/reask.ts";
import { retry } from "./plugins/retry.ts";
import type { Plan, Provider } from "./provider.ts";
import {
  environment,
  type ProviderLoader,
  type ProviderOptions,
  Registry,
  type Resolved,
} from "./resolve.ts";
import { fetchTransport } from "./transport/fetch.ts";
import type { PromptCaches } from "./types/caching.ts";
import type { Change, Pricing } from "./types/completion.ts";

/** What `@polycall/core/capabilities` brings. @see ClientOptions.capabilities */
export interface CapabilityTools {
  readonly CapabilityBook: typeof CapabilityBook;
  readonly healed: typeof healed;
  readonly isRefusal: typeof isRefusal;
}

export interface ClientOptions {
  /** Keys, URLs, headers and settings by provider name. */
  providers?: Readonly<Record<string, ProviderOptions | undefined>>;
  /** Options of every call that does not say otherwise. */
  defaults?: Omit<CallOptions, "apiKey" | "baseURL" | "signal">;
  /** Layers of your own, outermost first; they go around polycall's. */
  plugins?: readonly Plugin[];
  /** Says what a reply cost where its provider does not; asked for at the first such reply. */
  pricing?: () => Promise<Pricing>;
  /** Where facts about models that their refusals taught are kept. Default: in this client's memory. */
  quirks?: QuirkStore;
  /**
   * Mends refused requests and keeps what is said of models: `() => import("@polycall/core/capabilities")`.
   * The `polycall` package brings it; without it requests are not mended.
   */
  capabilities?: () => Promise<CapabilityTools>;
  /** Plans and watches prompt caches; asked for at the first call with `promptCaching`. */
  promptCaches?: () => Promise<PromptCaches>;
  /** Default: the console. */
  logger?: Logger;
  /** Default: POLYCALL_LOG, else "warn". */
  logLevel?: LogLevel;
  /** The adapters that this client knows, by the prefix of the model string. */
  adapters?: Readonly<Record<string, Provider | ProviderLoader>>;
}

/** A key or URL for every provider alike would reach the wrong ones. */
const defaultNames: readonly string[] = optionNames.filter(
  (name) => !/apiKey|baseURL|signal/.test(name),
);

/** Built-in layers, outermost first. */
const builtIn = {
  call: [fallback()],
  /** Around each request of a call: an embedding's batches are several, and one is retried alone. */
  request: [reask(), retry()],
} satisfies Record<string, readonly Plugin[]>;

/** What the steps of a call know of their client. */
export class ClientContext {
  readonly registry: Registry;
  /** Around a call. */
  readonly plugins: readonly Plugin[];
  /** Around each of its requests. */
  readonly requestPlugins: readonly Plugin[] = [...builtIn.request, heal(this)];
  readonly #options: ClientOptions;
  #book: Promise<CapabilityBook> | undefined;
  readonly #changes = new OnceLogger();
  #logger: CallLogger | undefined;

  constructor(options: ClientOptions) {
    if (options.logLevel !== undefined && !isLogLevel(options.logLevel)) {
      throw new InvalidRequestError(
        `logLevel must be one of ${logLevels.join(", ")}, not "${options.logLevel}".`,
        { param: "logLevel" },
      );
    }
    for (const name of Object.keys(options.defaults ?? {})) {
      if (!defaultNames.includes(name)) {
        throw new InvalidRequestError(
          `There is no defaults.${name}, only ${defaultNames.join(", ")}. Keys and URLs go into providers.`,
          { param: `defaults.${name}` },
        );
      }
    }
    checkOptions({ ...options.defaults }, "defaults.");
    for (const [name, provider] of Object.entries(options.providers ?? {})) {
      checkConnection(provider ?? {}, `providers.${name}.`);
    }
    this.#options = options;
    this.registry = new Registry(Object.entries(options.adapters ?? {}), options.providers ?? {});
    this.plugins = [...(options.plugins ?? []), ...builtIn.call];
  }

  get logger(): CallLogger {
    if (this.#logger) return this.#logger;
    const { logger = console, logLevel } = this.#options;
    const fromEnvironment = environment("POLYCALL_LOG");
    const level = logLevel ?? (isLogLevel(fromEnvironment) ? fromEnvironment : "warn");
    this.#logger = leveledLogger(logger, level);
    return this.#logger;
  }

  /** A new call, its options filled up from the defaults. @throws UnknownProviderError for a fallback */
  call(
    operation: CallInternals["operation"],
    model: string,
    own: CallOptions,
    warnings: Change[],
  ): CallInternals {
    const options = { ...this.#options.defaults, ...own };
    const { apiKey, baseURL, headers, timeout, fetch, fallbacks } = options;
    for (const target of fallbacks ?? []) {
      this.registry.split(typeof target === "string" ? target : target.model);
    }
    const total = typeof timeout === "number" ? timeout : timeout?.total;
    const chunkListeners: CallInternals["chunkListeners"][number][] = [];
    const endListeners: CallInternals["endListeners"][number][] = [];
    return {
      operation,
      options,
      signal: options.signal,
      logger: this.logger,
      pricing: this.#options.pricing,
      promptCaches: this.#options.promptCaches,
      client: this,
      attempts: [],
      warnings,
      transport: fetch ? fetchTransport(fetch) : transport,
      deadline: total ? Date.now() + total : undefined,
      connection: { provider: model.split("/")[0]!, apiKey, baseURL, headers },
      chunkListeners,
      endListeners,
      onChunk: (listener) => void chunkListeners.push(listener),
      onEnd: (listener) => void endListeners.push(listener),
    };
  }

  /** What the user says of models and what was learned of them. */
  openBook(): Promise<CapabilityBook> {
    const { capabilities, quirks } = this.#options;
    if (!capabilities) {
      const what =
        'This needs createClient({ capabilities: () => import("@polycall/core/capabilities") }).';
      throw new InvalidRequestError(what, { param: "capabilities" });
    }
    this.#book ??= capabilities().then(({ CapabilityBook }) => new CapabilityBook(quirks));
    return this.#book;
  }

  get capabilityTools(): ClientOptions["capabilities"] {
    return this.#options.capabilities;
  }

  /** The same, where there may be any: a plain call loads and waits for nothing. */
  get book(): Promise<CapabilityBook> | undefined {
    return this.#book ?? (this.#options.quirks && this.openBook());
  }

  /** @see PolycallClient.registerCapabilities */
  async registerCapabilities(pattern: string, facts: CapabilityFacts): Promise<void> {
    const [name] = this.registry.split(pattern);
    const { capabilities } = await this.registry.adapter(name);
    (await this.openBook()).register(pattern, facts, capabilities);
  }

  /** The layers of a model that go over its adapter's own. */
  async layersOf(
    resolved: Resolved,
    { logger, trial = [] }: CallInternals,
  ): Promise<readonly CapabilityLayer[]> {
    const book = await this.book;
    return book ? [...(await book.layersOf(resolved, logger)), ...trial] : trial;
  }

  /** The provider as what is said and learned of this model makes it plan. */
  async taught(resolved: Resolved, call: CallInternals): Promise<Provider> {
    const book = await this.openBook();
    const layers = await this.layersOf(resolved, call);
    const { provider } = resolved;
    if (!layers.length) return provider;
    return {
      ...provider,
      plan: (request, context) => book.plan(layers, provider, request, context),
    };
  }

  /** Says a plan's changes, each once per model and parameter. */
  warn(call: CallInternals, { provider, model, changes }: Plan): void {
    if (call.options.onUnsupported === "drop") return;
    const name = `${provider}/${model}`;
    this.#changes.say(call.logger, name, call.warnings, "warn");
    this.#changes.say(call.logger, name, changes);
  }
}
