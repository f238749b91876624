/** The legend: what each colour is, and switches for it. */
import { corners, rampColour, rampSteps, type Theme } from "../pictures/colours.ts";
import { type Look, lookIn, shortNumber } from "../pictures/looks.ts";
import type { Field, KindField, RampField } from "../pictures/scene.ts";
import { byId, make } from "./dom.ts";
import type { State } from "./state.ts";

export function legend(state: State): () => void {
  const { fields } = state.scene;
  const select = byId<HTMLSelectElement>("field");
  fields.forEach((field, i) => {
    select.append(make("option", { value: String(i), textContent: field.name || "(as given)" }));
  });
  byId("by").hidden = fields.length < 2;
  const draw = () => {
    const field = state.coloured;
    byId("legend").replaceChildren(...(field ? shown(field, state) : []));
  };
  select.addEventListener("change", () => {
    state.field = Number(select.value);
    state.hidden.clear();
    state.focused = undefined;
    draw();
    state.changed();
  });
  draw();
  return draw;
}

function shown(field: Field, state: State): Node[] {
  return "kinds" in field ? kindsOf(field, state) : [rampOf(field, state.theme)];
}

function kindsOf(field: KindField, state: State): Node[] {
  const kinds = field.kinds.map((kind, i) => ({ ...kind, i }));
  const none = field.of.filter((one) => one < 0).length;
  if (none) kinds.push({ name: "none", count: none, i: -1 });
  const list = make("ul");
  const buttons = kinds.map(({ name, count, i }) => {
    const button = make(
      "button",
      { type: "button", title: name },
      sign(lookIn(field, i, state.theme)),
      make("span", { textContent: name }),
      make("small", { textContent: count.toLocaleString("en") }),
    );
    button.addEventListener("click", (event) => {
      const { hidden } = state;
      // Alone, or with all others again.
      if (event.altKey || event.shiftKey) {
        const alone = !hidden.has(i) && hidden.size === kinds.length - 1;
        hidden.clear();
        if (!alone) for (const { i: other } of kinds) if (other !== i) hidden.add(other);
      } else if (!hidden.delete(i)) hidden.add(i);
      press();
      state.changed();
    });
    const focus = (on: boolean) => {
      state.focused = on && !state.hidden.has(i) ? i : undefined;
      state.changed();
    };
    button.addEventListener("pointerenter", () => focus(true));
    button.addEventListener("pointerleave", () => focus(false));
    list.append(make("li", {}, button));
    return { button, i };
  });
  const press = () => {
    for (const { button, i } of buttons) {
      button.setAttribute("aria-pressed", String(!state.hidden.has(i)));
    }
  };
  press();
  const hint = make("p", {
    className: "hint",
    textContent: "Click to hide, Shift-click for one alone",
  });
  return kinds.length > 1 ? [list, hint] : [list];
}

function rampOf({ min, max, of }: RampField, theme: Theme): Node {
  const canvas = make("canvas", { width: rampSteps, height: 1 });
  const context = canvas.getContext("2d")!;
  for (let step = 0; step < rampSteps; step++) {
    context.fillStyle = rampColour(step, theme);
    context.fillRect(step, 0, 1, 1);
  }
  const ends = make("p", {}, make("span", { textContent: shortNumber(min) }));
  if (of.some((one) => one < 0)) ends.append(make("span", { textContent: "grey: none" }));
  ends.append(make("span", { textContent: shortNumber(max) }));
  return make("div", { className: "ramp" }, canvas, ends);
}

function sign({ colour, shape }: Look): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "-2 -2 4 4");
  svg.setAttribute("aria-hidden", "true");
  const inside = document.createElementNS(space, shape === "circle" ? "circle" : "polygon");
  if (shape === "circle") inside.setAttribute("r", "1.25");
  else inside.setAttribute("points", corners[shape].map((corner) => corner.join()).join(" "));
  inside.setAttribute("fill", colour);
  svg.append(inside);
  return svg;
}
