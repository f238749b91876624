/** What the page shows at the moment, and who draws it anew when that changes. */
import type { Theme } from "../pictures/colours.ts";
import type { Field, Scene } from "../pictures/scene.ts";

export class State {
  readonly scene: Scene;
  /** Which of the fields colours; -1 where there is none. */
  field: number;
  /** Kinds that are switched off. */
  hidden = new Set<number>();
  /** The kind that the pointer rests on in the legend. */
  focused: number | undefined;
  /** Which items are found; undefined while nothing is looked for. */
  found: readonly number[] | undefined;
  hover = -1;
  kept = -1;
  names = true;
  spin = false;
  theme: Theme = "light";
  readonly #marks: Uint8Array;
  /** Another one, when the points look other than before. */
  version = 0;
  readonly #drawers: (() => void)[] = [];
  #asked = false;

  constructor(scene: Scene) {
    this.scene = scene;
    this.field = scene.fields.length ? 0 : -1;
    this.#marks = new Uint8Array(scene.count);
  }

  get coloured(): Field | undefined {
    return this.scene.fields[this.field];
  }

  kindOf(item: number): number {
    return this.coloured ? this.coloured.of[item]! : 0;
  }

  isHidden(item: number): boolean {
    return this.hidden.size > 0 && this.hidden.has(this.kindOf(item));
  }

  /** Whether something else is looked at. */
  isDimmed(item: number): boolean {
    if (this.found) return this.#marks[item] === 0;
    return this.focused !== undefined && this.kindOf(item) !== this.focused;
  }

  find(items: readonly number[] | undefined): void {
    this.found = items;
    this.#marks.fill(0);
    for (const item of items ?? []) this.#marks[item] = 1;
    this.changed();
  }

  onChange(draw: () => void): void {
    this.#drawers.push(draw);
  }

  changed(): void {
    this.version++;
    this.draw();
  }

  /** Draws everything, once before the next frame. */
  draw(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      for (const draw of this.#drawers) draw();
    });
  }
}
