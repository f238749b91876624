/** The page of a picture. `node scripts/page-script.ts` makes `src/pictures/script.ts` of it. */
import { lookIn } from "../pictures/looks.ts";
import type { Scene } from "../pictures/scene.ts";
import { byId, make } from "./dom.ts";
import { type Hands, handle } from "./hands.ts";
import { legend } from "./legend.ts";
import { Picture } from "./panel.ts";
import { search } from "./search.ts";
import { State } from "./state.ts";

const scene = JSON.parse(byId("scene").textContent!) as Scene;
const state = new State(scene);
const dark = matchMedia("(prefers-color-scheme: dark)");
state.theme = dark.matches ? "dark" : "light";
const drawLegend = legend(state);
const pictures = [...document.querySelectorAll<HTMLCanvasElement>("figure canvas")].map(
  (canvas, i) => new Picture(canvas, state, i),
);

const tip = byId("tip");

function inside(item: number, full: boolean): Node[] {
  const text = scene.texts[item];
  const details = scene.details[item] ?? [];
  const kind = kindOf(item);
  const nodes: Node[] = [];
  if (kind) {
    const { colour } = lookIn(state.coloured, state.kindOf(item), state.theme);
    const dot = make("i");
    dot.style.background = colour;
    nodes.push(make("b", {}, dot, kind));
  }
  if (text || !kind) nodes.push(make("p", { textContent: text || `Point ${item}` }));
  if (full && details.length) {
    const list = make("dl");
    for (let i = 0; i < details.length; i += 2) {
      list.append(make("dt", { textContent: details[i]! }));
      list.append(make("dd", { textContent: details[i + 1]! }));
    }
    nodes.push(list);
  }
  return nodes;
}

function kindOf(item: number): string {
  const field = state.coloured;
  if (!field || !("kinds" in field)) return "";
  return field.kinds[field.of[item]!]?.name ?? "none";
}

function showTip(item: number, picture: Picture): void {
  tip.hidden = item < 0;
  if (item < 0) return;
  tip.replaceChildren(...inside(item, false));
  const { x, y } = picture.placeOf(item);
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = x + 18 + width > innerWidth ? x - 18 - width : x + 18;
  const top = Math.min(innerHeight - height - 8, Math.max(8, y - height / 2));
  tip.style.transform = `translate(${Math.round(Math.max(8, left))}px,${Math.round(top)}px)`;
}

function keep(item: number): void {
  state.kept = item === state.kept ? -1 : item;
  const card = byId("card");
  card.replaceChildren();
  if (state.kept >= 0) {
    const close = make("button", {
      type: "button",
      className: "close",
      textContent: "×",
      title: "Let go",
    });
    close.addEventListener("click", () => keep(-1));
    card.append(close, ...inside(state.kept, true));
  }
  state.draw();
}

const hands: Hands = {
  hover(item, picture) {
    if (item === state.hover) return;
    state.hover = item;
    showTip(item, picture);
    state.draw();
  },
  keep,
  step(by, picture) {
    const among = (state.found ?? scene.texts.map((_, i) => i)).filter((i) => !state.isHidden(i));
    if (!among.length) return;
    const at = among.indexOf(state.hover);
    const next = at < 0 ? (by > 0 ? 0 : among.length - 1) : at + by;
    hands.hover(among[(next + among.length) % among.length]!, picture);
  },
  accept: () => state.hover >= 0 && keep(state.hover),
  leave() {
    hands.hover(-1, pictures[0]!);
    if (state.kept >= 0) keep(-1);
    else clearSearch();
  },
  touched: () => spin(false),
};
for (const picture of pictures) handle(picture, hands);
const clearSearch = search(state, {
  hover: (item) => hands.hover(item, pictures[0]!),
  keep: (item) => item !== state.kept && keep(item),
});

const names = byId<HTMLButtonElement>("names");
names.hidden = !scene.names.some((one) => one.length > 0);
names.addEventListener("click", () => {
  state.names = !state.names;
  names.setAttribute("aria-pressed", String(state.names));
  state.draw();
});
byId("home").addEventListener("click", () => {
  for (const picture of pictures) picture.home();
});

const spinButton = byId<HTMLButtonElement>("spin");
const solid = pictures.filter(({ panel }) => panel.dimensions === 3);
spinButton.hidden = solid.length === 0;
let last = 0;
function turn(now: number): void {
  if (!state.spin) return;
  // After a pause of the page it goes on from where it was.
  const part = Math.min(50, now - last);
  last = now;
  for (const picture of solid) {
    picture.camera.yaw += part * 0.00018;
    picture.moved();
  }
  requestAnimationFrame(turn);
}
function spin(on: boolean): void {
  if (on === state.spin) return;
  state.spin = on;
  spinButton.setAttribute("aria-pressed", String(on));
  if (on) requestAnimationFrame(turn);
}
spinButton.addEventListener("click", () => spin(!state.spin));
if (solid.length && !matchMedia("(prefers-reduced-motion: reduce)").matches) spin(true);

function wear(theme: State["theme"]): void {
  state.theme = theme;
  drawLegend();
  if (state.kept >= 0) {
    const { kept } = state;
    state.kept = -1;
    keep(kept);
  }
  state.changed();
}
byId("theme").addEventListener("click", () => {
  const theme = state.theme === "light" ? "dark" : "light";
  document.documentElement.style.colorScheme = theme;
  wear(theme);
});
dark.addEventListener("change", () => {
  document.documentElement.style.colorScheme = "";
  wear(dark.matches ? "dark" : "light");
});
state.changed();
