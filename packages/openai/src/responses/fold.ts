/** A streamed response as far as it has come, in the shape of the whole reply that `parse.ts` reads. */
import type { WireEvent, WireItem, WirePart, WireResponse } from "./wire.ts";

export class ResponseFold {
  /** What stands beside the output: the first event's response, then the last one's. */
  head: WireResponse | undefined;
  readonly #items: WireItem[] = [];

  get begun(): boolean {
    return this.head !== undefined || this.#items.length > 0;
  }

  get(index: number): WireItem | undefined {
    return this.#items[index];
  }

  /** The item at that index, made when no event announced it. */
  item(index: number, type: string): WireItem {
    this.#items[index] ??= { type };
    return this.#items[index];
  }

  /** An item that begins: what it says is still to come, even where the host says it at once. */
  announce(index: number, item: WireItem): void {
    const open: WireItem = { ...item };
    if (item.type === "message" || item.type === "reasoning") open.content = [];
    if (item.type === "reasoning") open.summary = [];
    if (item.type === "function_call") open.arguments = "";
    if (item.type === "custom_tool_call") open.input = "";
    this.#items[index] = open;
  }

  /** An item as the host ends it. */
  set(index: number, item: WireItem): void {
    this.#items[index] = item;
  }

  /** The part that a delta belongs to, made when no event announced it. */
  part(
    { output_index = 0 }: WireEvent,
    itemType: string,
    list: "content" | "summary",
    at = 0,
    type: string,
  ): WirePart {
    const item = this.item(output_index, itemType);
    item[list] ??= [];
    const parts = item[list];
    while (parts.length <= at) parts.push({ type });
    return parts[at]!;
  }

  /** The characters of text before a part: what the places of its citations are counted from. */
  textBefore(outputIndex: number, contentIndex: number): number {
    let length = 0;
    for (let index = 0; index <= outputIndex; index++) {
      const item = this.#items[index];
      if (item?.type !== "message") continue;
      const parts = item.content ?? [];
      const end = index === outputIndex ? contentIndex : parts.length;
      for (const part of parts.slice(0, end)) length += part.text?.length ?? 0;
    }
    return length;
  }

  /** The last event's response; the names that every chunk has had stay. */
  end(response: WireResponse): void {
    const { id, created_at, model } = this.head ?? {};
    this.head = {
      ...this.head,
      ...response,
      id: id ?? response.id,
      created_at: created_at ?? response.created_at,
      model: model ?? response.model,
    };
  }

  body(): WireResponse | undefined {
    if (!this.begun) return undefined;
    return { ...this.head, output: this.#items.filter((item) => item !== undefined) };
  }
}
