/** The search: what of the texts and their fields holds all the words, lit up and listed. */
import { byId, make } from "./dom.ts";
import type { State } from "./state.ts";

/** So many are listed. */
const listed = 40;

export interface SearchHands {
  hover(item: number): void;
  keep(item: number): void;
}

/** @returns what empties it */
export function search(state: State, hands: SearchHands): () => void {
  const input = byId<HTMLInputElement>("search");
  const { texts, details, count } = state.scene;
  let hay: string[] | undefined;
  const look = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) {
      show(undefined);
      return;
    }
    hay ??= Array.from({ length: count }, (_, i) =>
      [texts[i] ?? "", ...(details[i] ?? []).filter((_, at) => at % 2)].join("\n").toLowerCase(),
    );
    const all = hay;
    show(all.flatMap((text, i) => (words.every((word) => text.includes(word)) ? [i] : [])));
  };
  const show = (found: number[] | undefined) => {
    state.find(found);
    byId("found").textContent = found ? `${found.length.toLocaleString("en")} found` : "";
    byId("hits").replaceChildren(...(found?.length ? [list(found)] : []));
  };
  const list = (found: readonly number[]) => {
    const items = found.slice(0, listed).map((item) => {
      const text = texts[item] || `Point ${item}`;
      const button = make(
        "button",
        { type: "button", title: text },
        make("span", { textContent: text }),
      );
      button.addEventListener("pointerenter", () => hands.hover(item));
      button.addEventListener("pointerleave", () => hands.hover(-1));
      button.addEventListener("focus", () => hands.hover(item));
      button.addEventListener("blur", () => hands.hover(-1));
      button.addEventListener("click", () => hands.keep(item));
      return make("li", {}, button);
    });
    const more = found.length > listed ? `The first ${listed} of ${found.length}` : "Found";
    return make("div", {}, make("h2", { textContent: more }), make("ul", {}, ...items));
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && state.found?.length) hands.keep(state.found[0]!);
    if (event.key === "Escape") clear();
  });
  const clear = () => {
    input.value = "";
    look();
  };
  return clear;
}
