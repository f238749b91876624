/** Names that every provider takes, for tools of any name: `server__tool`, and back. */
import { hash } from "./hash.ts";

/** The longest name that every provider takes: OpenAI's limit. */
const longest = 64;
/**
 * The name under which a model calls a tool of a server: `server__tool`, what providers refuse written as
 * `_-HEX-`. A name beyond 64 characters is clipped and ends with a hash of the whole.
 */
export async function encodeToolName(server: string, tool: string): Promise<string> {
  const name = fullName(server, tool);
  if (name.length <= longest) return name;
  return clip(name, await hash(name));
}

/** The names of a tool encoded by {@link encodeToolName}; undefined for a clipped or any other name. */
export function decodeToolName(name: string): { server: string; tool: string } | undefined {
  const at = name.indexOf("__");
  if (at < 1 || name.length > longest) return undefined;
  const server = readEscapes(name.slice(0, at));
  const tool = readEscapes(name.slice(at + 2));
  return fullName(server, tool) === name ? { server, tool } : undefined;
}

/** `server__tool`, however long. */
export function fullName(server: string, tool: string): string {
  return `${writeEscapes(server)}__${writeEscapes(tool)}`;
}

/** The names of one server's tools, both ways; two that clip alike stay apart. */
export class NameMap {
  readonly #server: string;
  readonly #names = new Map<string, Promise<string>>();
  readonly #tools = new Map<string, string>();
  /** One at a time: each must see the names before it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(server: string) {
    this.#server = server;
  }

  encode(tool: string): Promise<string> {
    let name = this.#names.get(tool);
    if (!name) {
      name = this.#last.then(() => this.#claim(tool));
      this.#last = name;
      this.#names.set(tool, name);
    }
    return name;
  }

  async #claim(tool: string): Promise<string> {
    const full = fullName(this.#server, tool);
    let name = await encodeToolName(this.#server, tool);
    for (let salt = 1; this.#tools.has(name); salt++) {
      name = clip(full, await hash(`${salt} ${full}`));
    }
    this.#tools.set(name, tool);
    return name;
  }

  /** The tool's name at the server, of a name that was given out. */
  decode(name: string): string | undefined {
    return this.#tools.get(name);
  }
}

/** "_-" that is never closed: no name that fits has one. */
function clip(full: string, digest: string): string {
  // Else "_" and "_-" would make a "__".
  const head = full.slice(0, longest - 12).replace(/_+$/, "");
  return `${head}_-${digest.slice(0, 10)}`;
}

/** "_" stays between letters and digits only, so that neither "__" nor "_-" is ever part of a name. */
function writeEscapes(text: string): string {
  const characters = [...text];
  return characters
    .map((character, at) => {
      if (/^[A-Za-z0-9-]$/.test(character)) return character;
      const isInside = isWord(characters[at - 1]) && isWord(characters[at + 1]);
      return character === "_" && isInside ? "_" : `_-${character.codePointAt(0)!.toString(16)}-`;
    })
    .join("");
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[A-Za-z0-9]$/.test(character);
}

function readEscapes(text: string): string {
  return text.replace(/_-([0-9a-f]{1,6})-/g, (escaped, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point > 0x10ffff ? escaped : String.fromCodePoint(point);
  });
}
