// Dragging a person's chip onto a lane, with mouse or finger. Keys do the same in _staff_assign.js.
import { useEffect, useRef, useState } from "preact/hooks";

const FAR = 6; // px before a press becomes a drag: a click stays a click
const EDGE = 70;

/**
 * `drag`: {agentId, from, name, x, y, over} or null. `begin(event, what)` goes on a chip's pointerdown.
 * Lanes carry data-lane; `onDrop(what, lane)` gets what was dragged and the lane's text.
 */
export function useDrag(onDrop) {
  const [drag, setDrag] = useState(null);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  const cleanup = useRef(() => {});
  useEffect(() => () => cleanup.current(), []);

  const begin = (event, what) => {
    if (event.button !== 0 || event.target.closest("[data-no-drag]")) return;
    const start = [event.clientX, event.clientY];
    let moving = null;
    const laneAt = (x, y) => document.elementFromPoint(x, y)?.closest("[data-lane]")?.dataset.lane ?? null;
    const move = (now) => {
      if (!moving && Math.hypot(now.clientX - start[0], now.clientY - start[1]) < FAR) return;
      now.preventDefault();
      if (now.clientY < EDGE) window.scrollBy(0, -14);
      else if (now.clientY > window.innerHeight - EDGE) window.scrollBy(0, 14);
      moving = { ...what, x: now.clientX, y: now.clientY, over: laneAt(now.clientX, now.clientY) };
      setDrag(moving);
    };
    const end = (now) => {
      cleanup.current();
      setDrag(null);
      if (moving && now.type === "pointerup" && moving.over !== null) latest.current(what, moving.over);
    };
    const escape = (pressed) => {
      if (pressed.key !== "Escape") return;
      moving = null;
      cleanup.current();
      setDrag(null);
    };
    const listeners = [["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", escape]];
    cleanup.current = () => listeners.forEach(([name, heard]) => window.removeEventListener(name, heard));
    listeners.forEach(([name, heard]) => window.addEventListener(name, heard, { passive: false }));
  };
  return [drag, begin];
}
