/** Pointer, wheel and keys over a picture. */
import type { Picture } from "./panel.ts";

export interface Hands {
  /** -1 for none. */
  hover(item: number, picture: Picture): void;
  keep(item: number): void;
  /** The next point, or the one before. */
  step(by: 1 | -1, picture: Picture): void;
  /** Enter: what is looked at is kept; Escape: it is let go. */
  accept(): void;
  leave(): void;
  /** Somebody has taken hold: it stops turning by itself. */
  touched(): void;
}

/** How far a pointer may move and still click. */
const still = 4;

export function handle(picture: Picture, hands: Hands): void {
  const { canvas, camera, panel } = picture;
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  let moves = false;

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    travelled = 0;
    moves = event.shiftKey || event.button !== 0;
    hands.touched();
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    const now = { x: event.offsetX, y: event.offsetY };
    if (!before) {
      const item = picture.at(now.x, now.y);
      canvas.classList.toggle("over", item >= 0);
      hands.hover(item, picture);
      return;
    }
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    down.set(event.pointerId, now);
    if (travelled < still) return;
    hands.hover(-1, picture);
    canvas.classList.add("drag");
    if (other) pinch(before, now, other);
    else drag(now.x - before.x, now.y - before.y, moves);
  });
  const up = (event: PointerEvent) => {
    const was = down.delete(event.pointerId);
    canvas.classList.remove("drag");
    if (was && event.type === "pointerup" && travelled < still) {
      hands.keep(picture.at(event.offsetX, event.offsetY));
    }
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => {
    if (!down.size) hands.hover(-1, picture);
  });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("dblclick", () => picture.home());
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      hands.touched();
      const lines = event.deltaMode === 1 ? 16 : 1;
      picture.zoom(Math.exp(-event.deltaY * lines * 0.0015), event.offsetX, event.offsetY);
    },
    { passive: false },
  );

  function drag(x: number, y: number, moving: boolean): void {
    if (panel.dimensions === 2 || moving) {
      camera.panX += x;
      camera.panY += y;
    } else {
      camera.yaw += x * 0.008;
      camera.pitch = Math.min(1.55, Math.max(-1.55, camera.pitch + y * 0.008));
    }
    picture.moved();
  }

  function pinch(before: Spot, now: Spot, other: Spot): void {
    const far = (one: Spot) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    picture.zoom(far(now) / far(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    drag((now.x - before.x) / 2, (now.y - before.y) / 2, true);
  }

  const keys: Record<string, (moving: boolean) => void> = {
    ArrowLeft: (moving) => drag(moving ? 24 : -12, 0, moving),
    ArrowRight: (moving) => drag(moving ? -24 : 12, 0, moving),
    ArrowUp: (moving) => drag(0, moving ? 24 : -12, moving),
    ArrowDown: (moving) => drag(0, moving ? -24 : 12, moving),
    "+": () => picture.zoom(1.2),
    "=": () => picture.zoom(1.2),
    "-": () => picture.zoom(1 / 1.2),
    "0": () => picture.home(),
    n: () => hands.step(1, picture),
    p: () => hands.step(-1, picture),
    Enter: () => hands.accept(),
    Escape: () => hands.leave(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    hands.touched();
    keys[event.key]!(panel.dimensions === 2 || event.shiftKey);
  });
}

interface Spot {
  x: number;
  y: number;
}
