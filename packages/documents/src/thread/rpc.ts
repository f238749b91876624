/** Calls between two threads, both ways, over their messages. */
import { DocumentError } from "../errors.ts";

interface Packed {
  name: string;
  message: string;
  code?: DocumentError["code"];
  stack?: string;
}

export type Message =
  | { call: number; method: string; args: unknown[] }
  | { reply: number; value: unknown }
  | { reply: number; error: Packed };

// biome-ignore lint/suspicious/noExplicitAny: a method takes what its caller in the other thread gives
export type Methods = Record<string, (...args: any[]) => unknown>;

export class Rpc {
  readonly #post: (message: Message) => void;
  readonly #methods: Methods;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #count = 0;

  constructor(post: (message: Message) => void, methods: Methods) {
    this.#post = post;
    this.#methods = methods;
  }

  call<T>(method: string, ...args: unknown[]): Promise<T> {
    const id = ++this.#count;
    const open = Promise.withResolvers<unknown>();
    this.#open.set(id, open);
    this.#post({ call: id, method, args });
    return open.promise as Promise<T>;
  }

  receive(message: Message): void {
    if ("call" in message) void this.#answer(message);
    else {
      const open = this.#open.get(message.reply);
      this.#open.delete(message.reply);
      if ("error" in message) open?.reject(unpack(message.error));
      else open?.resolve(message.value);
    }
  }

  /** The other thread is gone: nothing that was asked of it will be answered. */
  fail(error: unknown): void {
    for (const open of this.#open.values()) open.reject(error);
    this.#open.clear();
  }

  async #answer({ call, method, args }: Extract<Message, { call: number }>): Promise<void> {
    try {
      this.#post({ reply: call, value: await this.#methods[method]!(...args) });
    } catch (error) {
      this.#post({ reply: call, error: pack(error) });
    }
  }
}

/** An error loses its class on the way between threads. */
function pack(error: unknown): Packed {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof DocumentError ? error.code : undefined;
  return { name, message, ...(code && { code }), ...(stack && { stack }) };
}

function unpack({ name, message, code, stack }: Packed): Error {
  const error = code ? new DocumentError(message, { code }) : new Error(message);
  if (stack) error.stack = stack;
  if (!code) error.name = name;
  return error;
}
