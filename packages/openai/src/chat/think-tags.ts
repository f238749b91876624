/** Reasoning that a host leaves inside the text, between <think> and </think>. */

const open = "<think>";
const close = "</think>";

/** What a piece of text turned out to be. */
export interface Split {
  reasoning: string;
  content: string;
}

/**
 * Splits a text that comes in pieces. Only a text that begins with the tag (white space before it
 * aside) holds reasoning: a tag further on is something the model talks about. A tag that may be
 * cut in two is held back until it is whole.
 */
export class ThinkSplitter {
  #state: "start" | "inside" | "between" | "outside" = "start";
  #held = "";

  /** Whether everything from here on is plain text. */
  get plain(): boolean {
    return this.#state === "outside";
  }

  push(piece: string): Split {
    const split: Split = { reasoning: "", content: "" };
    let text = this.#held + piece;
    this.#held = "";
    if (this.#state === "start") {
      const begun = text.trimStart();
      if (begun.length < open.length && open.startsWith(begun)) {
        this.#held = text;
        return split;
      }
      if (begun.startsWith(open)) {
        this.#state = "inside";
        text = begun.slice(open.length);
      } else this.#state = "outside";
    }
    if (this.#state === "inside") {
      const end = text.indexOf(close);
      if (end < 0) {
        const safe = text.length - overlap(text);
        split.reasoning = text.slice(0, safe);
        this.#held = text.slice(safe);
        return split;
      }
      split.reasoning = text.slice(0, end);
      text = text.slice(end + close.length);
      this.#state = "between";
    }
    if (this.#state === "between") {
      text = text.trimStart();
      if (!text) return split;
      this.#state = "outside";
    }
    split.content = text;
    return split;
  }

  /** What was held back, once no more can come. */
  end(): Split {
    const held = this.#held;
    this.#held = "";
    return this.#state === "inside"
      ? { reasoning: held, content: "" }
      : { reasoning: "", content: held };
  }
}

/** How many characters at the end of the text may be the beginning of the closing tag. */
function overlap(text: string): number {
  const most = Math.min(text.length, close.length - 1);
  for (let length = most; length > 0; length--) {
    if (close.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}

/** A whole text at once. */
export function splitThink(text: string): Split {
  const splitter = new ThinkSplitter();
  const first = splitter.push(text);
  const last = splitter.end();
  return { reasoning: first.reasoning + last.reasoning, content: first.content + last.content };
}
